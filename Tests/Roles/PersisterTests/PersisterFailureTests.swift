import Leaderboard
import LocalServers
import NIOConcurrencyHelpers
import Persister
import RedisClient
import Storage
import TestSupport
import Testing

/// The persister when a store fails or loses data.
@Suite(.timeLimit(.minutes(2)))
struct PersisterFailureTests {
    private func withServers(_ body: (LocalRedis, LocalPostgres, Deployment) async throws -> Void) async throws {
        try await withPrivateRedis { redis in
            try await withPrivatePostgres { postgres in
                try await withDeployment(redisURL: redis.url, postgresURL: postgres.url) { deployment in
                    try await body(redis, postgres, deployment)
                }
            }
        }
    }

    /// Postgres dies and comes back. Updates continue meanwhile, and all of them reach the ledger.
    @Test func postgresIsKilled() async throws {
        try await withServers { _, postgres, deployment in
            try await deployment.open()
            let life = try deployment.start()
            try await deployment.add(20, "before")
            for round in 0..<2 {
                await postgres.kill()
                try await deployment.add(20, "away-\(round)")
                try await postgres.restart()
                try await deployment.add(5, "back-\(round)")
            }
            try await deployment.caughtUp()
            await life.end()
            try await deployment.expectAgreement()
        }
    }

    /// Redis dies and comes back with all of its data.
    @Test func redisIsKilled() async throws {
        try await withPrivateRedis(durability: .always) { redis in
            try await withPostgres { postgres in
                try await withDeployment(redisURL: redis.url, postgresURL: postgres.url) { deployment in
                    try await deployment.open()
                    let life = try deployment.start()
                    try await deployment.add(10, "before")
                    await redis.kill()
                    try await eventually("it is noticed") { deployment.redis.connectionState.connected == 0 }
                    try await redis.restart()
                    try await eventually("Redis is back") { deployment.redis.isConnected }
                    try #require(try await deployment.verifier().verifyWhatCanBe())
                    try await deployment.add(10, "after")
                    try await deployment.caughtUp()
                    #expect(life.persister.status.whyNotReady() == nil)
                    await life.end()
                    try await deployment.expectAgreement()
                }
            }
        }
    }

    /// Redis comes back empty. Partitions with a history stay closed and are named, and the others open.
    @Test func redisIsEmptied() async throws {
        try await withServers { _, _, deployment in
            try await deployment.open()
            let life = try deployment.start()
            for number in 0..<5 {
                for partition in [0, 2] {
                    try await deployment.apply(
                        deployment.update(partition, "u\(number)", 5, "s-\(partition)-\(number)"))
                }
            }
            try await deployment.caughtUp()
            let before = try await deployment.column("SELECT row_to_json(t)::text FROM score_events t ORDER BY 1")
            try await deployment.redis.command("FLUSHALL")
            try await eventually("it is told") {
                life.persister.status.whyNotReady()?.contains("in partitions 0, 2:") == true
            }
            #expect(try await deployment.opener.openWhatCanBe() == false)
            let states = try await deployment.outbox.states()
            #expect(states.map { $0.epoch == nil } == [true, false, true])
            #expect(try await deployment.apply(deployment.update(0, "u1", 5, "new")) == .closed)
            #expect(try await deployment.apply(deployment.update(2, "u1", 5, "new")) == .closed)
            // The partition without a history takes updates, and they reach the ledger.
            #expect(
                try await deployment.apply(deployment.update(1, "u1", 5, "one")) == .applied(Receipt(score: 5, rank: 1))
            )
            try await eventually("it is carried") { try await deployment.positions() == [0: 5, 1: 1, 2: 5] }
            await life.end()
            let after = try await deployment.column(
                "SELECT row_to_json(t)::text FROM score_events t WHERE partition != 1 ORDER BY 1")
            #expect(after == before)
        }
    }

    /// Redis comes back with an older state in which the partition is open. It is closed, and nothing may open it.
    @Test func redisWentBack() async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            let life = try deployment.start()
            try await deployment.add(5, "a")
            try await deployment.caughtUp()
            try await deployment.redis.command("HSET", PartitionKeys(partition: 1).meta, "seq", "3")
            try await eventually("it is closed") { try await deployment.outbox.states()[1].epoch == nil }
            try await eventually("it is told") {
                life.persister.status.whyNotReady()?.contains("in partitions 1:") == true
            }
            #expect(try await deployment.outbox.states()[1].awaitsRebuild)
            #expect(try await deployment.apply(deployment.update(1, "u1", 5, "new")) == .closed)
            #expect(try await deployment.opener.openWhatCanBe() == false)
            #expect(try await deployment.outbox.states()[1].epoch == nil)
            // The other partitions continue.
            for partition in [0, 2] {
                try await deployment.apply(deployment.update(partition, "u1", 5, "on-\(partition)"))
            }
            try await eventually("they are carried") { try await deployment.positions() == [0: 6, 1: 5, 2: 6] }
            await life.end()
        }
    }

    /// Redis went back, and has since taken updates past the ledger's position. The last written event shows it.
    @Test func redisHasAnotherHistory() async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            let first = try deployment.start()
            try await deployment.add(5, "a")
            try await deployment.caughtUp()
            await first.end()
            let before = try await deployment.column("SELECT row_to_json(t)::text FROM score_events t ORDER BY 1")

            let keys = PartitionKeys(partition: 1)
            try await deployment.redis.command("DEL", keys.outbox)
            try await deployment.redis.command("HSET", keys.meta, "seq", "3")
            for number in 0..<10 { try await deployment.apply(deployment.update(1, "u1", 5, "other-\(number)")) }
            #expect(try await deployment.outbox.states()[1].seq == 13)

            let second = try deployment.start()
            try await eventually("it is closed") { try await deployment.outbox.states()[1].epoch == nil }
            try await eventually("it is told") {
                second.persister.status.whyNotReady()?.contains("in partitions 1:") == true
            }
            await second.end()
            #expect(try await deployment.positions() == [0: 5, 1: 5, 2: 5])
            #expect(
                try await deployment.column("SELECT row_to_json(t)::text FROM score_events t ORDER BY 1") == before)
        }
    }

    /// The same, but no call of the persister has failed. It must notice before it moves the next event.
    @Test func redisHasAnotherHistoryBetweenTwoReads() async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            let once = NIOLockedValueBox(true)
            let life = try deployment.start(checkInterval: .seconds(60)) { batches in
                // While the sixth event of partition 1 is on its way to Postgres, Redis goes back to the third.
                let isIt = batches.contains { $0.partition == 1 && $0.events.last?.seq == 6 }
                guard isIt, once.withLockedValue({ $0 }) else { return }
                once.withLockedValue { $0 = false }
                let keys = PartitionKeys(partition: 1)
                _ = try? await deployment.redis.command("DEL", keys.outbox)
                _ = try? await deployment.redis.command("HSET", keys.meta, "seq", "3")
                for number in 0..<10 {
                    _ = try? await deployment.apply(deployment.update(1, "u1", 5, "other-\(number)"))
                }
            }
            try await deployment.add(5, "a")
            try await deployment.caughtUp()
            try await deployment.apply(deployment.update(1, "u1", 5, "sixth"))
            try await eventually("it is closed") { try await deployment.outbox.states()[1].epoch == nil }
            await life.end()
            #expect(try await deployment.positions()[1] == 6)
            #expect(
                try await deployment.column("SELECT signature FROM score_events WHERE signature LIKE 'other%'").isEmpty)
        }
    }

    /// A persister is held up and loses its lease. It then compares an old position with an outbox that another one has
    /// trimmed since. That is not another history, so nothing is closed.
    @Test func anOldPositionClosesNothing() async throws {
        /// The stage of the slow persister.
        enum Stage { case working, isDue, heldUp, compares, standsBy }
        try await withDeployment { deployment in
            try await deployment.open()
            let stage = NIOLockedValueBox(Stage.working)
            @Sendable func advance(_ from: Stage, to next: Stage) -> Bool {
                stage.withLockedValue { stage in
                    guard stage == from else { return false }
                    stage = next
                    return true
                }
            }
            let lives = NIOLockedValueBox<[Deployment.Life]>([])
            let slow = try deployment.start(
                afterPositions: {
                    guard advance(.isDue, to: .heldUp) else { return }
                    do {
                        try await deployment.cutSessions()
                        let other = try deployment.start()
                        lives.withLockedValue { $0.append(other) }
                        try await deployment.add(5, "b")
                        try await deployment.caughtUp()
                    } catch {
                        Issue.record("\(error)")
                    }
                    _ = advance(.heldUp, to: .compares)
                },
                afterLeases: { if $0.isEmpty { _ = advance(.compares, to: .standsBy) } })
            try await deployment.add(5, "a")
            try await deployment.caughtUp()
            #expect(advance(.working, to: .isDue))
            // It asks for leases again only after the comparison. Its readiness would not show that.
            try await eventually("the slow one has compared, and stands by", timeout: .seconds(40)) {
                stage.withLockedValue { $0 } == .standsBy
            }
            #expect(try await deployment.positions() == [0: 10, 1: 10, 2: 10])
            try await deployment.add(5, "c")
            try await deployment.caughtUp()
            await slow.end()
            try await deployment.add(5, "d")
            try await deployment.caughtUp()
            for life in lives.withLockedValue({ $0 }) { await life.end() }
            #expect(await deployment.outbox.whyNotWritable() == nil)
            try await deployment.expectAgreement()
        }
    }

    /// An action id counts a second time because its receipt was deleted by hand. The ledger refuses the second event,
    /// and nothing stops.
    @Test func aDoubledActionID() async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            let life = try deployment.start()
            try await deployment.add(3, "a")
            try await deployment.caughtUp()
            let receipts = PartitionKeys(partition: 1).receipts(issuedAt: deployment.update(1, "", 0, "").issuedAt)
            try await deployment.redis.command("DEL", receipts)
            guard
                case .applied = try await deployment.apply(
                    deployment.update(1, "u1", 2, "a-1-1"), counts: false)
            else {
                Issue.record("it did not count again")
                return
            }
            try await deployment.add(20, "b")
            try await deployment.caughtUp()
            #expect(life.persister.status.deadLetters == 1)
            #expect(life.persister.status.whyNotReady() == nil)
            await life.end()
            #expect(
                try await deployment.column(
                    "SELECT concat_ws(' ', seq, refused_by, sqlstate, event ->> 'signature') FROM dead_letters"
                )
                    == ["4 score_events 23505 a-1-1"])
            #expect(
                try await deployment.column("SELECT count(*) FROM score_events GROUP BY partition ORDER BY partition")
                    == ["23", "23", "23"])
            let board = deployment.boards[1]
            let page = try await deployment.reader.read(.page(limit: 1000, after: nil), board: board, window: .all)
            let scores = try await deployment.column(
                "SELECT user_id || ' ' || score FROM scores WHERE board = '\(board.id)'")
            #expect(Set(scores) == Set(page.top.entries.map { "\($0.userID) \($0.score)" }))
        }
    }

    /// The outbox of one partition cannot be read or has a gap. The other partitions continue, and the trouble is
    /// reported.
    @Test(arguments: ["unreadable", "gap"])
    func onePartitionInTrouble(_ trouble: String) async throws {
        try await withDeployment { deployment in
            try await deployment.open()
            try await deployment.add(3, "a")
            let keys = PartitionKeys(partition: 1)
            if trouble == "gap" {
                try await deployment.redis.command("XDEL", keys.outbox, "2-0")
            } else {
                try await deployment.redis.command("XADD", keys.outbox, "4-0", "x", "y")
            }
            let life = try deployment.start()
            try await eventually("the others are carried") {
                let positions = try await deployment.positions()
                return positions[0] == 3 && positions[2] == 3
            }
            try await deployment.apply(deployment.update(0, "u1", 5, "later"))
            try await eventually("and again") { try await deployment.positions()[0] == 4 }
            await life.end()
            #expect(
                try await deployment.column("SELECT count(*) FROM score_events WHERE partition = 1 AND seq > 3") == [
                    "0"
                ])
        }
    }
}
