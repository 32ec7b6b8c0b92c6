import Leaderboard
import LocalServers
import Persister
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing

/// The rebuild of a partition from Postgres.
@Suite(.timeLimit(.minutes(2)))
struct RebuildTests {
    @Test("After FLUSHALL everything is as before, and every retry gets its first answer")
    func emptied() async throws {
        try await withHealWorld { world in
            try await world.play(0..<120)
            // The period of today is sealed and waits for its archive. Later updates leave it out.
            let ranking = world.update(0).targets.targets.map(\.ranking).first { $0.window == "daily" }
            let daily = try #require(ranking)
            let end = try #require(
                BoardCalendar(world.boards[0]).calendar("daily")?.period(named: daily.period)?.endsAt)
            let sealer = RedisPeriodSealer(redis: world.redis, partitioning: world.deployment.partitioning)
            try await sealer.reschedule(daily, partition: world.partition, cut: 1000)
            guard case .sealed = try await sealer.seal(daily, board: world.boards[0], endsAt: end) else {
                Issue.record("it is not sealed")
                return
            }
            try await world.play(120..<140)
            try await world.carry()
            let before = try await world.image()
            #expect(before["receipts:\(world.issuedAt / 1000)"]?.isEmpty == false)
            #expect(before["seals"]?.count == 1)

            try await world.redis.command("FLUSHDB")
            try await world.close()
            let report = try await world.rebuild(expecting: before)
            #expect(report.orphans == 0 && report.carried == 0 && report.seq == 141)
            try await world.expectReplays()
            // It goes on, with the next number, and the limit of the day counts on.
            var next = world.update(500)
            next.limits = [.daily(count: 1, day: world.issuedAt / 86_400_000)]
            #expect(try await world.deployment.apply(next) == .actionLimited(.daily, retryAfterMilliseconds: 0))
            try await world.play(200..<210)
            try await world.carry()
            #expect(try await world.deployment.positions()[world.partition] == 151)
        }
    }

    @Test("The top of a finished season stays for its watchers, and takes nothing")
    func season() async throws {
        try await withHealWorld { world in
            try await world.play(0..<40)
            let board = world.boards[0]
            let cup = Ranking(board: board.id, window: "cup", period: "cup")
            let period = try #require(BoardCalendar(board).calendar("cup")?.period(named: "cup"))
            let sealer = RedisPeriodSealer(redis: world.redis, partitioning: world.deployment.partitioning)
            try await sealer.reschedule(cup, partition: world.partition, cut: 1000)
            _ = try await sealer.seal(cup, board: board, endsAt: try #require(period.endsAt))
            try await world.carry()
            let archive = PostgresArchive(pool: world.deployment.pool)
            #expect(try await archive.archive(cup, board: board, period: period))
            try await sealer.drop(cup, partition: world.partition, keepingTop: board.top)
            // The tie keys of the kept top only tell its order.
            func image() async throws -> [String: [String]] {
                var image = try await world.image()
                image["ranking:points:cup:cup"] = image["ranking:points:cup:cup"]?.map { String($0.dropFirst(16)) }
                image["members:points:cup:cup"] = image["members:points:cup:cup"]?.count.description.map { "\($0)" }
                return image
            }
            let before = try await image()
            #expect(before["ranking:points:cup:cup"]?.count == 10)
            try await world.redis.command("FLUSHDB")
            try await world.close()
            _ = try await world.rebuilder().rebuild(world.partition)
            #expect(try await image() == before)
            try await world.play(40..<50)
            #expect(try await image()["ranking:points:cup:cup"] == before["ranking:points:cup:cup"])
        }
    }

    @Test("Events that only Redis has are kept as orphans, once")
    func forked() async throws {
        try await withHealWorld { world in
            try await world.play(0..<30)
            try await world.carry()
            let before = try await world.image()
            // Redis went back to 25, and has taken others since.
            try await world.redis.command("DEL", world.keys.outbox)
            try await world.redis.command("HSET", world.keys.meta, "seq", "25")
            try await world.play(0..<8, "fork")
            let epoch = try await world.deployment.outbox.states()[world.partition].epoch ?? ""
            try await world.close()
            let report = try await world.rebuild(expecting: before)
            #expect(report.orphans == 8 && report.carried == 0 && report.seq == 30)
            let kept = try await world.deployment.column(
                """
                SELECT concat_ws(' ', seq, epoch, signature, reason, event->>'user_id', event->>'nonce')
                FROM orphaned_events ORDER BY seq
                """)
            #expect(
                kept
                    == (0..<8).map {
                        "\($0 + 26) \(epoch) fork-\($0) \($0 < 5 ? "other" : "beyond") user é \($0) n\($0)"
                    })
            // An action id of an orphan may count now: it has no effect yet.
            guard case .applied = try await world.deployment.apply(world.update(3, "fork"), counts: false) else {
                Issue.record("the orphan's id does not count")
                return
            }
        }
    }

    @Test("A rebuild that was interrupted begins again, and keeps orphans once")
    func interrupted() async throws {
        try await withHealWorld { world in
            try await world.play(0..<40)
            try await world.carry()
            let before = try await world.image()
            try await world.redis.command("DEL", world.keys.outbox)
            try await world.redis.command("HSET", world.keys.meta, "seq", "35")
            try await world.play(0..<3, "fork")
            try await world.close()
            for step in StoppedRebuild.Step.allCases {
                let stopped = StoppedRebuild(base: world.target, step: step)
                await #expect(throws: StoreError.self) {
                    try await world.rebuilder(target: stopped).rebuild(world.partition)
                }
                #expect(try await world.deployment.apply(world.update(900), counts: false) == .closed)
                #expect(try await world.deployment.opener.openWhatCanBe() == false)
            }
            try await world.rebuild(expecting: before)
            #expect(try await world.deployment.column("SELECT count(*)::text FROM orphaned_events") == ["3"])
            try await world.expectReplaysOf("a")
        }
    }

    @Test("Of two rebuilds, the one that began last wins")
    func twoAtOnce() async throws {
        try await withHealWorld { world in
            try await world.play(0..<20)
            try await world.carry()
            try await world.close()
            let first = try await world.target.begin(try await world.closure())
            let second = try await world.target.begin(try await world.closure())
            let counts = [DailyCount(action: "many", day: 1, userID: "u", count: 1)]
            for body in [
                { try await world.target.clear(first) }, { try await world.target.write(counts: counts, first) },
                { _ = try await world.target.end(first, seq: 20, forgottenSecond: 1) },
            ] as [@Sendable () async throws -> Void] {
                let error = await #expect(throws: StoreError.self) { try await body() }
                #expect(error?.kind == .conflict)
            }
            try await world.target.write(counts: counts, second)
            _ = try await world.target.end(second, seq: 20, forgottenSecond: 1)
            let error = await #expect(throws: StoreError.self) {
                try await world.target.write(counts: counts, second)
            }
            #expect(error?.kind == .conflict)
        }
    }

    @Test("A rebuild does not go on in a Redis that has started again, which may lack what was written")
    func redisStartsAgain() async throws {
        try await withPrivateRedis(durability: .always) { redis in
            try await withHealWorld(redisURL: redis.url) { world in
                try await world.play(0..<20)
                try await world.carry()
                let before = try await world.image()
                try await world.close()
                let session = try await world.target.begin(try await world.closure())
                let counts = [DailyCount(action: "many", day: 1, userID: "u", count: 1)]
                try await world.target.write(counts: counts, session)
                try await world.deployment.restart(redis)
                for body in [
                    { try await world.target.clear(session) },
                    { try await world.target.write(counts: counts, session) },
                    { _ = try await world.target.end(session, seq: 20, forgottenSecond: 1) },
                ] as [@Sendable () async throws -> Void] {
                    let error = await #expect(throws: StoreError.self) { try await body() }
                    #expect(error?.kind == .conflict)
                }
                #expect(try await world.deployment.apply(world.update(900), counts: false) == .closed)
                try await world.rebuild(expecting: before)
            }
        }
    }

    @Test("Updates that the ledger lacks are carried before a sound partition is rebuilt")
    func carriesFirst() async throws {
        try await withHealWorld { world in
            try await world.play(0..<10)
            try await world.carry()
            try await world.play(10..<25)
            let before = try await world.image()
            try await world.close()
            let report = try await world.rebuild(expecting: before)
            #expect(report.carried == 15 && report.orphans == 0 && report.seq == 25)
            try await world.expectReplays()
        }
    }

    @Test("A refused event keeps its receipt, and a refused score stays")
    func deadLetters() async throws {
        try await withHealWorld { world in
            try await world.deployment.pool.withConnection {
                try $0.script(
                    """
                    ALTER TABLE score_events ADD CONSTRAINT no_last CHECK (NOT (board = 'last' AND seq = 7)) NOT VALID;
                    ALTER TABLE scores ADD CONSTRAINT no_points CHECK (NOT (board = 'points' AND reached_seq = 18))
                        NOT VALID;
                    """)
            }
            try await world.play(0..<18)
            try await world.carry()
            #expect(Int(try await world.deployment.column("SELECT count(*)::text FROM dead_letters")[0]) ?? 0 > 1)
            let before = try await world.image()
            try await world.redis.command("FLUSHDB")
            try await world.close()
            try await world.rebuild(expecting: before)
            try await world.expectReplays()
        }
    }

    @Test("No rebuild without the lease, and none of an open partition")
    func refuses() async throws {
        try await withHealWorld { world in
            try await world.play(0..<5)
            #expect(try await world.rebuilder().rebuild(world.partition) == nil)
            try await world.close()
            // The world's own session holds the lease now: another one must not rebuild.
            try await withSession(world.deployment.postgresURL) { session in
                let other = PartitionRebuilder(
                    stores: .init(
                        outbox: world.deployment.outbox, ledger: PostgresLedger(session: session),
                        source: world.source, target: world.target),
                    partitioning: world.deployment.partitioning, receiptLifetimeMilliseconds: 750_000,
                    logger: quietLogger, now: { world.issuedAt })
                let error = await #expect(throws: StoreError.self) { try await other.rebuild(world.partition) }
                #expect(error?.kind == .conflict)
            }
            #expect(try await world.deployment.outbox.states()[world.partition].awaitsRebuild)
        }
    }

    private func withSession(_ url: String, _ body: (PostgresPool) async throws -> Void) async throws {
        var configuration = PostgresConfiguration(url: url)
        configuration.poolSize = 1
        let session = try PostgresPool(configuration: configuration, logger: quietLogger)
        do { try await body(session) } catch {
            _ = await session.shutdown(grace: .seconds(5))
            throw error
        }
        _ = await session.shutdown(grace: .seconds(5))
    }
}
