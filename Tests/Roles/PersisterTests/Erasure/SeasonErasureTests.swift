import Leaderboard
import Persister
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing

/// Deleted users in the tops of seasons, which stay in Redis for their watchers.
@Suite(.timeLimit(.minutes(2)))
struct SeasonErasureTests {
    /// A board with a season in the partition of the world, and what happens to its season.
    private struct Cup {
        let world: HealWorld
        let board: Board
        let ranking: Ranking

        init(_ ties: BoardRules.Ties, in world: HealWorld) async throws {
            let season = try #require(world.boards[0].windows.last)
            let partitioning = world.deployment.partitioning
            let id = try #require(
                (0..<100).lazy.map { "season-\($0)" }.first {
                    partitioning.partition(of: Board(id: $0, group: "g")) == world.partition
                })
            let store = PostgresCatalogueStore(pool: world.deployment.pool)
            let rules = BoardRules(operator: .set, ties: ties, allowDecrease: true)
            let draft = Board(id: id, group: "g", rules: rules, windows: [season], generation: 20)
            #expect(try await store.put(draft, ifRevision: try await store.load().revision))
            board = try #require(try await store.load().boards[id])
            self.world = world
            ranking = Ranking(board: id, window: season.name, period: season.name)
        }

        /// Gives each of some users a score; those of a pair share it.
        func play(_ numbers: Range<Int>, as user: (Int) -> String = { "user \($0)" }) async throws {
            for number in numbers {
                let update = ScoreUpdate(
                    targets: UpdateTargets(of: [BoardCalendar(board)], issuedAt: world.issuedAt), userID: user(number),
                    amount: Int64(number / 2 + 1), submittedScore: Int64(number / 2 + 1), action: "many",
                    nonce: "c\(number)", signature: "cup-\(number)", issuedAt: world.issuedAt)
                guard case .applied = try await world.deployment.apply(update) else {
                    Issue.record("\(number) was not applied")
                    return
                }
            }
        }

        /// Ends the season, archives it, and keeps its top only.
        func end() async throws {
            let period = try #require(BoardCalendar(board).calendar(ranking.window)?.period(named: ranking.period))
            let sealer = RedisPeriodSealer(redis: world.redis, partitioning: world.deployment.partitioning)
            try await sealer.reschedule(ranking, partition: world.partition, cut: 1000)
            _ = try await sealer.seal(ranking, board: board, endsAt: try #require(period.endsAt))
            try await world.carry()
            let archive = PostgresArchive(pool: world.deployment.pool)
            #expect(try await archive.archive(ranking, board: board, period: period))
            try await sealer.drop(ranking, partition: world.partition, keepingTop: board.top)
        }

        func rebuild() async throws {
            try await world.redis.command("FLUSHDB")
            try await world.close()
            _ = try await world.rebuilder().rebuild(world.partition)
            try await world.deployment.open()
        }

        /// The users of the top, the best first.
        func top() async throws -> [String] {
            let members = try await world.redis.command("ZREVRANGE", key("ranking"), "0", "-1").array ?? []
            let users = members.compactMap { $0.string.map { String($0.dropFirst(16)) } }
            let held = try await world.redis.command("HKEYS", key("members")).array?.compactMap(\.string) ?? []
            #expect(held.sorted() == users.sorted())
            return users
        }

        func archivedTop() async throws -> [String] {
            try await world.deployment.column(
                "SELECT user_id FROM archived_entries WHERE board = '\(board.id)' AND place <= 10 ORDER BY place")
        }

        func version() async throws -> Int64 {
            let field = "version:\(board.id):\(ranking.window)"
            return try await world.redis.command("HGET", world.keys.meta, field).string.flatMap { Int64($0) } ?? 0
        }

        private func key(_ name: String) -> String {
            "\(world.keys.tag):\(name):\(board.id):\(ranking.window):\(ranking.period)"
        }
    }

    @Test(
        "Who is deleted after a season has a pseudonym in its top, at the same place, and watchers are told",
        arguments: [BoardRules.Ties.first, .last, .dense], [false, true])
    func afterwards(_ ties: BoardRules.Ties, isRebuilt: Bool) async throws {
        try await withHealWorld { world in
            let cup = try await Cup(ties, in: world)
            try await cup.play(0..<14)
            try await cup.end()
            if isRebuilt { try await cup.rebuild() }
            let before = try await cup.top()
            #expect(before.count == 10)
            let version = try await cup.version()
            let pseudonym = try await world.erase(before[3])
            var after = before
            after[3] = pseudonym
            #expect(try await cup.top() == after)
            #expect(try await cup.archivedTop() == after)
            #expect(try await cup.version() > version)
            // Nothing is left to do for the next look.
            let told = try await cup.version()
            _ = try await world.erase("nobody")
            #expect(try await cup.version() == told)
        }
    }

    @Test(
        "Who begins again before the end of a season keeps the name in its top",
        arguments: [BoardRules.Ties.first, .last], [false, true])
    func before(_ ties: BoardRules.Ties, isRebuilt: Bool) async throws {
        try await withHealWorld { world in
            let cup = try await Cup(ties, in: world)
            try await cup.play(0..<14)
            try await world.carry()
            let pseudonym = try await world.erase("user 12", lifetime: 86_400_000)
            #expect(try await !cup.top().contains("user 12"))
            try await cup.play(20..<22) { $0 == 20 ? "user 12" : "user 1" }
            try await cup.end()
            if isRebuilt { try await cup.rebuild() }
            let top = try await cup.top()
            #expect(top.contains("user 12") && top.contains("user 1"))
            // The second look, when the action ids have expired.
            try await world.withErasureJob(lifetime: 0) { job in
                try await job.round()
                try await job.round()
            }
            #expect(try await world.deployment.column("SELECT state FROM user_deletions") == ["done"])
            #expect(try await cup.top() == top)
            #expect(try await cup.archivedTop() == top && !top.contains(pseudonym))
        }
    }
}

extension HealWorld {
    /// Runs a body with the job of a persister with its own session.
    func withErasureJob(lifetime: Int64, _ body: (ErasureJob) async throws -> Void) async throws {
        var configuration = PostgresConfiguration(url: deployment.postgresURL)
        configuration.poolSize = 1
        let session = try PostgresPool(configuration: configuration, logger: quietLogger)
        let store = PostgresErasures(session: session)
        let job = ErasureJob(
            store: store, hub: RedisErasureHub(redis: redis, partitioning: deployment.partitioning),
            outbox: deployment.outbox, ledger: PostgresLedger(session: deployment.pool),
            catalogue: PostgresCatalogueStore(pool: deployment.pool), receiptLifetimeMilliseconds: lifetime,
            logger: quietLogger)
        let result: Result<Void, any Error>
        do {
            try await eventually("the lease is free") { try await store.acquireLease() }
            result = .success(try await body(job))
        } catch {
            result = .failure(error)
        }
        _ = await session.shutdown(grace: .seconds(5))
        try result.get()
    }

    /// Deletes a user, up to the end or to where action ids have to expire. Returns the pseudonym.
    @discardableResult
    func erase(_ user: String, lifetime: Int64 = 0) async throws -> String {
        let erasure = try await PostgresErasures(session: deployment.pool).begin(user, patience: 0)
        try await withErasureJob(lifetime: lifetime) { job in
            for _ in 0..<3 {
                try await job.round()
                try await carry()
            }
        }
        let states = try await deployment.column(
            "SELECT state FROM user_deletions WHERE pseudonym = '\(erasure.pseudonym)'")
        #expect(states == [lifetime == 0 ? "done" : "signatures"])
        return erasure.pseudonym
    }
}
