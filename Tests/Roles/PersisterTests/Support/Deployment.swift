import Leaderboard
import LocalServers
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Persister
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing

/// A Redis and a migrated Postgres, with a few partitions of one board each. Tests start and stop persisters on it.
struct Deployment: Sendable {
    static let partitions = 3

    let redis: RedisClient
    let outbox: RedisOutbox
    let store: RedisScoreStore
    let reader: RedisLeaderboardReader
    /// For the queries of the tests, and for the opener.
    let pool: PostgresPool
    let postgresURL: String
    let partitioning: Partitioning
    /// One board for each partition, in order.
    let boards: [Board]
    /// The outcomes of all applied updates.
    let truth = NIOLockedValueBox(Truth())

    /// The effective updates and their receipts, by the replies of Redis.
    struct Truth: Sendable {
        var applied: [String: (update: ScoreUpdate, receipt: Receipt)] = [:]

        func count(_ board: Board) -> Int { applied.values.count { $0.update.board == board } }
    }

    /// The opener that runs on every node.
    var opener: PartitionOpener {
        PartitionOpener(outbox: outbox, ledger: PostgresLedger(session: pool), logger: quietLogger)
    }

    /// The verifier that runs on persister nodes.
    ///
    /// - Parameter afterPositions: runs after each time that positions were read.
    func verifier(afterPositions: @escaping @Sendable () async -> Void = {}) -> PartitionVerifier {
        let ledger = HookedLedger(
            base: PostgresLedger(session: pool), beforeCommit: { _ in }, afterPositions: afterPositions,
            afterLeases: { _ in })
        return PartitionVerifier(outbox: outbox, ledger: ledger, logger: quietLogger)
    }

    /// Opens all partitions.
    func open() async throws {
        try #require(try await opener.openWhatCanBe())
    }

    // MARK: Updates

    /// One update, identified by its signature.
    func update(_ partition: Int, _ user: String, _ amount: Int64, _ signature: String) -> ScoreUpdate {
        ScoreUpdate(
            targets: UpdateTargets(of: boards[partition], issuedAt: 1_790_000_000_000), userID: user, amount: amount,
            submittedScore: nil, action: "kill", nonce: "nonce", signature: signature, issuedAt: 1_790_000_000_000)
    }

    /// Applies an update and records its outcome in `truth`. Pass `counts: false` if the update changes no score.
    @discardableResult
    func apply(_ update: ScoreUpdate, counts: Bool = true) async throws -> ApplyOutcome {
        let result = await withCheckedContinuation { continuation in
            store.apply(update) { continuation.resume(returning: $0) }
        }
        let outcome = try result.get()
        if counts, case .applied(let receipt) = outcome {
            truth.withLockedValue { $0.applied[update.signature] = (update, receipt) }
        }
        return outcome
    }

    /// Applies `count` updates to each partition.
    func add(_ count: Int, _ name: String) async throws {
        for number in 0..<count {
            for partition in boards.indices {
                try await apply(
                    update(partition, "u\(number % 7)", Int64(number + 1), "\(name)-\(partition)-\(number)"))
            }
        }
    }

    // MARK: Persisters

    /// A running persister with its own session.
    struct Life: Sendable {
        let persister: Persister
        let session: PostgresPool
        private let task: Task<Void, any Error>

        init(persister: Persister, session: PostgresPool) {
            (self.persister, self.session) = (persister, session)
            task = Task { try await persister.run() }
        }

        /// Stops the persister, whatever it is doing.
        func end() async {
            task.cancel()
            _ = await task.result
            _ = await session.shutdown(grace: .seconds(10))
        }
    }

    /// Starts a persister that works in small steps. The closures can hold it up at the most delicate points.
    ///
    /// - Parameter source: the outbox to read; nil for `outbox`.
    func start(
        source: (any Outbox)? = nil, batchLimit: Int = 7, checkInterval: Duration = .milliseconds(50),
        beforeCommit: @escaping @Sendable ([OutboxBatch]) async -> Void = { _ in },
        afterPositions: @escaping @Sendable () async -> Void = {},
        afterLeases: @escaping @Sendable (Set<Int>) async -> Void = { _ in }
    ) throws -> Life {
        var configuration = PostgresConfiguration(url: postgresURL)
        configuration.poolSize = 1
        configuration.applicationName = "persister"
        let session = try PostgresPool(configuration: configuration, logger: quietLogger)
        var settings = Persister.Settings()
        settings.batchLimit = batchLimit
        settings.waitMilliseconds = 20
        settings.checkInterval = checkInterval
        let persister = Persister(
            outbox: source ?? outbox,
            ledger: HookedLedger(
                base: PostgresLedger(session: session), beforeCommit: beforeCommit, afterPositions: afterPositions,
                afterLeases: afterLeases),
            partitioning: partitioning, settings: settings, logger: quietLogger, now: { 0 })
        return Life(persister: persister, session: session)
    }

    /// Ends the sessions of all persisters at once.
    func cutSessions() async throws {
        _ = try await column(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = 'persister' AND datname = current_database()
            """)
    }

    /// Kills its Redis, which has to be this private one, and starts it again.
    func restart(_ server: LocalRedis) async throws {
        await server.kill()
        try await eventually("it is noticed") { redis.connectionState.connected == 0 }
        try await server.restart()
        try await eventually("Redis is back") { redis.isConnected }
    }

    // MARK: Comparing

    /// The first column of a query's result, as text.
    func column(_ sql: String) async throws -> [String] {
        try await pool.withConnection { try $0.query(sql).rows.map { try $0.string(0) } }
    }

    /// The ledger's position in each partition.
    func positions() async throws -> [Int: Int64] {
        try await PostgresLedger(session: pool).positions().mapValues(\.seq)
    }

    /// Waits until the ledger has reached Redis, and the outboxes are trimmed.
    func caughtUp(_ location: SourceLocation = #_sourceLocation) async throws {
        do {
            try await eventually("the ledger has caught up", timeout: .seconds(20)) {
                let states = try await outbox.states()
                let positions = try await positions()
                guard states.indices.allSatisfy({ positions[$0, default: 0] == states[$0].seq }) else { return false }
                // Wait for the trim as well: a persister that is stopped between the commit and the trim leaves it out.
                for (partition, state) in states.enumerated() where state.seq > 0 {
                    let first = try await redis.command(
                        "XRANGE", PartitionKeys(partition: partition).outbox, "-", "+", "COUNT", "1")
                    guard first.array?.first?.array?.first?.string == "\(state.seq)-0" else { return false }
                }
                return true
            }
        } catch {
            let (states, positions) = (try await outbox.states(), try await positions())
            Issue.record("Redis: \(states), ledger: \(positions)", sourceLocation: location)
            throw error
        }
    }

    /// Expects that Redis, the ledger, the scores in Postgres and the replies agree, and that the outboxes are trimmed.
    func expectAgreement(_ location: SourceLocation = #_sourceLocation) async throws {
        let truth = truth.withLockedValue { $0 }
        for (partition, board) in boards.enumerated() {
            let count = Int64(truth.count(board))
            let summary = try await column(
                """
                SELECT concat_ws(' ', count(*), count(DISTINCT seq), min(seq), max(seq), count(DISTINCT signature))
                FROM score_events WHERE partition = \(partition)
                """)
            #expect(summary == ["\(count) \(count) 1 \(count) \(count)"], sourceLocation: location)
            let scores = try await column("SELECT user_id || ' ' || score FROM scores WHERE board = '\(board.id)'")
            let page = try await reader.read(.page(limit: 1000, after: nil), board: board, window: .all)
            #expect(
                Set(scores) == Set(page.top.entries.map { "\($0.userID) \($0.score)" }), sourceLocation: location)
            #expect(scores.count == Int(page.total), sourceLocation: location)
            let ids = try await redis.command("XRANGE", PartitionKeys(partition: partition).outbox, "-", "+")
            #expect(ids.array?.map { $0.array?.first?.string } == ["\(count)-0"], sourceLocation: location)
        }
        try await expectLedgerHoldsTheReplies(truth, location)
    }

    private func expectLedgerHoldsTheReplies(_ truth: Truth, _ location: SourceLocation) async throws {
        let rows = try await column(
            "SELECT concat_ws(' ', signature, board, user_id, points, score, rank) FROM score_events")
        let replies = truth.applied.values.map { update, receipt in
            "\(update.signature) \(update.board.id) \(update.userID) \(update.amount) \(receipt.score) \(receipt.rank)"
        }
        #expect(rows.count == replies.count, sourceLocation: location)
        #expect(Set(rows) == Set(replies), sourceLocation: location)
    }
}

/// Runs a test with a new database on each of the shared servers.
func withDeployment(_ body: (Deployment) async throws -> Void) async throws {
    try await withRedis { redis in
        try await withPostgres { postgres in
            try await withDeployment(redisURL: redis.url, postgresURL: postgres.url, body)
        }
    }
}

/// Runs a test on the given servers. If they are private, the test may kill and empty them.
func withDeployment(
    redisURL: String, postgresURL: String, _ body: (Deployment) async throws -> Void
) async throws {
    let configuration = try RedisConfiguration(url: redisURL)
    let clients = try [Scripts.all, []].map { scripts throws in
        try RedisClient(
            configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, scripts: scripts,
            logger: quietLogger)
    }
    let running = clients.map { client in Task { try await client.run() } }
    let pool = try PostgresPool(configuration: PostgresConfiguration(url: postgresURL), logger: quietLogger)
    func end() async {
        _ = await pool.shutdown(grace: .seconds(5))
        for task in running { task.cancel() }
        for task in running { _ = await task.result }
    }
    do {
        for client in clients { try await client.waitUntilConnected(timeout: .seconds(20)) }
        try await Migrator.migrate(pool: pool, migrations: Migrations.all)
        let partitioning = Partitioning(count: Deployment.partitions)
        try await body(
            Deployment(
                redis: clients[0],
                outbox: RedisOutbox(redis: clients[0], blocking: clients[1], partitioning: partitioning),
                store: RedisScoreStore(
                    redis: clients[0],
                    settings: WriteSettings(
                        partitioning: partitioning, rateLimit: nil, actionMaxAge: .milliseconds(600_000),
                        actionSkew: .milliseconds(30_000))),
                reader: RedisLeaderboardReader(redis: clients[0], partitioning: partitioning), pool: pool,
                postgresURL: postgresURL, partitioning: partitioning, boards: boards(partitioning)))
    } catch {
        await end()
        throw error
    }
    await end()
}

/// One board for each partition.
private func boards(_ partitioning: Partitioning) throws -> [Board] {
    try partitioning.all.map { partition in
        try #require(
            (0..<1000).lazy.map { Board(id: "board-\($0)") }.first { partitioning.partition(of: $0) == partition })
    }
}

/// A ledger that lets a test in after leases were taken, after positions were read, and before each commit.
private struct HookedLedger: Ledger {
    let base: PostgresLedger
    let beforeCommit: @Sendable ([OutboxBatch]) async -> Void
    let afterPositions: @Sendable () async -> Void
    let afterLeases: @Sendable (Set<Int>) async -> Void

    func acquireLeases(_ partitions: Range<Int>) async throws(StoreError) -> Set<Int> {
        let leases = try await base.acquireLeases(partitions)
        await afterLeases(leases)
        return leases
    }

    func keepLeases() async throws(StoreError) { try await base.keepLeases() }

    func positions() async throws(StoreError) -> [Int: LedgerPosition] {
        let positions = try await base.positions()
        await afterPositions()
        return positions
    }

    func commit(
        _ batches: [OutboxBatch], from positions: [Int: LedgerPosition]
    ) async throws(StoreError) -> [DeadLetter] {
        await beforeCommit(batches)
        return try await base.commit(batches, from: positions)
    }
}
