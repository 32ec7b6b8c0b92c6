import Leaderboard
import LocalServers
import Persister
import RedisClient
import Storage
import TestSupport
import Testing

/// No write reaches a Redis that no persister has verified.
@Suite(.timeLimit(.minutes(2)))
struct PartitionVerifierTests {
    private let unverified = "partitions 0, 1, 2 wait for a persister to verify this Redis"

    /// Runs a test on a Redis that loses nothing in a crash, with events of all partitions in the ledger.
    private func withHistory(
        _ body: (LocalRedis, LocalPostgres, Deployment) async throws -> Void
    ) async throws {
        try await withPrivateRedis(durability: .always) { redis in
            try await withPrivatePostgres { postgres in
                try await withDeployment(redisURL: redis.url, postgresURL: postgres.url) { deployment in
                    try await deployment.open()
                    let life = try deployment.start()
                    try await deployment.add(3, "before")
                    try await deployment.caughtUp()
                    await life.end()
                    try await body(redis, postgres, deployment)
                }
            }
        }
    }

    private func receipt(_ signature: String, _ deployment: Deployment) async throws -> FoundReceipt? {
        let query = ReceiptQuery(
            signature: signature, submittedScore: nil, issuedAt: 1_790_000_000_000, board: deployment.boards[0])
        let result = await withCheckedContinuation { continuation in
            deployment.store.receipt(for: query) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    @Test("A Redis that restarted with all of its data takes no write before it is verified")
    func restartWithoutLoss() async throws {
        try await withHistory { redis, _, deployment async throws in
            #expect(try await receipt("before-0-0", deployment) != nil)
            #expect(try await deployment.verifier().verifyWhatCanBe())
            try await deployment.restart(redis)
            let states = try await deployment.outbox.states()
            // Neither updates nor replays nor acts; and an opener is not a persister.
            for _ in 0..<2 {
                for partition in 0..<3 {
                    let update = deployment.update(partition, "u1", 5, "new-\(partition)")
                    #expect(try await deployment.apply(update) == .closed)
                }
                #expect(try await deployment.apply(deployment.update(0, "u0", 1, "before-0-0")) == .closed)
                await #expect(throws: StoreError.self) { try await receipt("before-0-0", deployment) }
                let boards = RedisBoardStore(redis: deployment.redis, partitioning: deployment.partitioning)
                await #expect(throws: StoreError.self) {
                    try await boards.reset(deployment.boards[0], windows: [.all])
                }
                let form = Board(id: deployment.boards[0].id, generation: 7)
                await #expect(throws: StoreError.self) { try await boards.stamp(form, from: nil, emptying: true) }
                let sealer = RedisPeriodSealer(redis: deployment.redis, partitioning: deployment.partitioning)
                let error = await #expect(throws: StoreError.self) {
                    try await sealer.seal(Ranking(board: form.id), board: form, endsAt: 1000)
                }
                #expect(error?.kind == .closed)
                #expect(await deployment.outbox.whyNotWritable() == unverified)
                try await deployment.open()
            }
            let after = try await deployment.outbox.states()
            #expect(after.map(\.seq) == states.map(\.seq) && after.map(\.epoch) == states.map(\.epoch))
            #expect(try await deployment.verifier().verifyWhatCanBe())
            #expect(await deployment.outbox.whyNotWritable() == nil)
            let replay = try await deployment.apply(deployment.update(0, "u0", 1, "before-0-0"), counts: false)
            #expect(replay == .replayed(Receipt(score: 1, rank: 1)))
            let life = try deployment.start()
            try await deployment.add(3, "after")
            try await deployment.caughtUp()
            await life.end()
            try await deployment.expectAgreement()
        }
    }

    @Test("A partition that is older than the ledger is not verified, and the others are")
    func each() async throws {
        try await withHistory { redis, _, deployment async throws in
            try await deployment.redis.command("HSET", PartitionKeys(partition: 1).meta, "seq", "2")
            try await deployment.restart(redis)
            #expect(try await deployment.verifier().verifyWhatCanBe() == false)
            #expect(
                await deployment.outbox.whyNotWritable() == "partitions 1 wait for a persister to verify this Redis")
            #expect(try await deployment.apply(deployment.update(1, "u9", 5, "new-1"), counts: false) == .closed)
            for partition in [0, 2] {
                let outcome = try await deployment.apply(deployment.update(partition, "u9", 5, "new-\(partition)"))
                guard case .applied = outcome else {
                    Issue.record("\(outcome)")
                    continue
                }
            }
        }
    }

    @Test("Another history of the same epoch is not verified")
    func anotherHistory() async throws {
        try await withHistory { redis, _, deployment async throws in
            try await deployment.redis.command("DEL", PartitionKeys(partition: 2).outbox)
            try await deployment.restart(redis)
            #expect(try await deployment.verifier().verifyWhatCanBe() == false)
            #expect(
                await deployment.outbox.whyNotWritable() == "partitions 2 wait for a persister to verify this Redis")
        }
    }

    @Test("While Postgres is away, a Redis that restarted takes no writes; it does when Postgres is back")
    func postgresIsAway() async throws {
        try await withHistory { redis, postgres, deployment async throws in
            await postgres.kill()
            // This Redis stayed up, so it goes on.
            try await deployment.add(2, "away")
            let running = Task { [verifier = deployment.verifier()] in try await verifier.run() }
            try await deployment.restart(redis)
            await #expect(throws: StoreError.self) { try await deployment.verifier().verifyWhatCanBe() }
            #expect(try await deployment.apply(deployment.update(0, "u1", 5, "new")) == .closed)
            #expect(await deployment.outbox.whyNotWritable() == unverified)
            try await postgres.restart()
            try await eventually("it is verified") { await deployment.outbox.whyNotWritable() == nil }
            // The service looks again after the next restart. Without a new file, that would need a rebuild.
            try await eventually("the file is rewritten") {
                try await deployment.outbox.states().allSatisfy { $0.rewriting == nil }
            }
            try await deployment.restart(redis)
            try await eventually("it is verified again") { await deployment.outbox.whyNotWritable() == nil }
            try await deployment.add(2, "back")
            running.cancel()
            try await running.value
        }
    }

    @Test("A persister that paused while Redis restarted verifies nothing with the positions from before")
    func outdatedPositions() async throws {
        try await withHistory { redis, _, deployment async throws in
            try await deployment.restart(redis)
            let verifier = deployment.verifier(afterPositions: { try? await deployment.restart(redis) })
            let error = await #expect(throws: StoreError.self) { try await verifier.verifyWhatCanBe() }
            #expect(error?.kind == .conflict)
            #expect(await deployment.outbox.whyNotWritable() == unverified)
        }
    }

    @Test("Only the process and the epoch that were compared are verified or opened")
    func comparedWithAnother() async throws {
        try await withHistory { redis, _, deployment async throws in
            let outbox = deployment.outbox
            let before = try await outbox.snapshot(at: [:])
            try await deployment.restart(redis)
            let now = try await outbox.snapshot(at: [:])
            #expect(now.run != before.run && now.states.map(\.run) == before.states.map(\.run))
            let epoch = try #require(now.states[0].epoch)
            #expect(try await outbox.verify(partition: 0, epoch: epoch, seq: 3, run: before.run) == false)
            #expect(try await outbox.verify(partition: 0, epoch: "other", seq: 3, run: now.run) == false)
            #expect(try await outbox.verify(partition: 0, epoch: epoch, seq: 4, run: now.run) == false)
            #expect(await outbox.whyNotWritable() == unverified)
            #expect(try await outbox.verify(partition: 0, epoch: epoch, seq: 3, run: now.run))
            #expect(try await outbox.states()[0].isVerified(by: now.run))

            try await deployment.redis.command("HDEL", PartitionKeys(partition: 1).meta, "epoch")
            let error = await #expect(throws: StoreError.self) {
                try await outbox.open(partition: 1, seq: 3, run: before.run)
            }
            #expect(error?.kind == .conflict)
            #expect(try await outbox.states()[1].epoch == nil)
        }
    }

    /// A replica has the primary's data, and so the name of the primary.
    @Test("A replica that is promoted takes no write before it is verified, nor does a primary that comes back")
    func promotedReplica() async throws {
        try await withHistory { redis, postgres, deployment async throws in
            try await withPrivateRedis { replica in
                try await withDeployment(redisURL: replica.url, postgresURL: postgres.url) { promoted async throws in
                    try await promoted.redis.command("REPLICAOF", "127.0.0.1", "\(redis.port)")
                    try await eventually("the replica has all") {
                        let states = try? await promoted.outbox.states()
                        return try await deployment.outbox.states() == states
                    }
                    try await promoted.redis.command("REPLICAOF", "NO", "ONE")
                    #expect(try await promoted.apply(promoted.update(0, "u9", 5, "new")) == .closed)
                    #expect(await promoted.outbox.whyNotWritable() == unverified)
                    // The old primary follows it, and is promoted again before anybody has verified the other one.
                    try await deployment.redis.command("REPLICAOF", "127.0.0.1", "\(replica.port)")
                    try await eventually("the old primary has all") {
                        (try? await deployment.outbox.states().map(\.run)) == [nil, nil, nil]
                    }
                    try await deployment.redis.command("REPLICAOF", "NO", "ONE")
                    try await eventually("it is connected again") { deployment.redis.isConnected }
                    #expect(await deployment.outbox.whyNotWritable() == unverified)
                    #expect(try await deployment.apply(deployment.update(0, "u9", 5, "new")) == .closed)
                    #expect(try await promoted.verifier().verifyWhatCanBe())
                    try await promoted.add(1, "promoted")
                }
            }
        }
    }
}
