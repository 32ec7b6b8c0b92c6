import Awards
import Basics
import Leaderboard
import NIOCore
import NIOPosix
import Persister
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing
import Worker

/// A Redis and a migrated Postgres with open partitions, and all that works on awards.
struct AwardWorld: Sendable {
    static let partitioning = Partitioning(count: 3)

    let redis: RedisClient
    let outbox: RedisOutbox
    let scores: RedisScoreStore
    let pool: PostgresPool
    let postgresURL: String
    let awards: PostgresAwards
    let catalogue = HeldCatalogue()

    /// The hub through a writer, which can be a rigged one.
    func hub(_ writer: (any ScoreWriter)? = nil) -> AwardHub {
        AwardHub(
            writer: writer ?? scores, catalogue: catalogue, outbox: outbox, ledger: PostgresLedger(session: pool),
            partitioning: Self.partitioning, now: WallClock.milliseconds)
    }

    /// The worker of one node.
    func worker(_ writer: (any ScoreWriter)? = nil) -> AwardWorker {
        AwardWorker(store: awards, hub: hub(writer), logger: quietLogger)
    }

    /// What one node does with one award.
    func sender(_ writer: (any ScoreWriter)? = nil) -> AwardSender {
        AwardSender(hub: hub(writer), store: awards)
    }

    /// The end of a turn that begins now.
    static var turn: ContinuousClock.Instant { .now + AwardTiming.turn }

    /// Stores an award as a module does, and commits.
    ///
    /// - Parameter age: how long ago it was issued.
    func give(
        _ reference: String, points: Int64 = 5, user: String = "u1", board: String = "global", age: Duration = .zero
    ) async throws -> Int64 {
        let draft = AwardDraft(userID: user, kind: "task", reference: reference, board: board, points: points)
        let now = WallClock.milliseconds() - age.wholeMilliseconds
        return try await pool.transaction { try PostgresAwards.add(draft, now: now, on: $0) }
    }

    /// Ends the leases and waits of all awards, as time does.
    func passTime() async throws { try await run("UPDATE awards SET available_at = clock_timestamp()") }

    /// Applies an update of a client, issued now. Receipts of long ago are forgotten then.
    func play(board: Board = .global) async throws {
        let now = WallClock.milliseconds()
        // The rate limit is one update of a user in a minute.
        let update = ScoreUpdate(
            targets: UpdateTargets(of: board, issuedAt: now), userID: Award.makeNonce(), amount: 1, submittedScore: nil,
            action: "kill", nonce: "nonce", signature: Award.makeNonce(), issuedAt: now)
        guard case .success(.applied) = await hub().apply(update) else { throw StoreError(.corrupt, "not applied") }
    }

    /// Opens a partition again, under a new epoch.
    func reopen(partition: Int) async throws {
        let keys = PartitionKeys(partition: partition, in: KeySpace(redis.configuration))
        _ = try await redis.command("HDEL", keys.meta, "epoch")
        _ = try await outbox.open(partition: partition, seq: try await outbox.states()[partition].seq)
    }

    /// Lets a partition look as on a Redis that has started again.
    func unverify(partition: Int) async throws {
        let keys = PartitionKeys(partition: partition, in: KeySpace(redis.configuration))
        _ = try await redis.command("HDEL", keys.meta, "run")
    }

    /// Runs a persister meanwhile.
    func withPersister<Value>(_ body: () async throws -> Value) async throws -> Value {
        var configuration = PostgresConfiguration(url: postgresURL)
        configuration.poolSize = 1
        let session = try PostgresPool(configuration: configuration, logger: quietLogger)
        var settings = Persister.Settings()
        settings.waitMilliseconds = 20
        settings.checkInterval = .milliseconds(50)
        let persister = Persister(
            outbox: outbox, ledger: PostgresLedger(session: session), partitioning: Self.partitioning,
            settings: settings, logger: quietLogger, now: WallClock.milliseconds)
        return try await withCleanUp {
            try await withRunning({ try await persister.run() }, body)
        } then: {
            _ = await session.shutdown(grace: .seconds(10))
        }
    }

    /// Waits until the ledger has all events.
    func caughtUp() async throws {
        try await eventually("the ledger has caught up") {
            let positions = try await PostgresLedger(session: pool).positions()
            return try await outbox.states().enumerated().allSatisfy { positions[$0]?.seq ?? 0 == $1.seq }
        }
    }

    // MARK: Looking

    /// The first column of a query's result, as text.
    @discardableResult
    func run(_ sql: String) async throws -> [String] {
        try await pool.withConnection { try $0.query(sql).rows.map { try $0.string(0) } }
    }

    /// State, attempt, score and rank of an award.
    func row(_ id: Int64) async throws -> String? {
        try await run(
            """
            SELECT concat_ws(' ', state, attempt, score, rank, refusal) FROM awards WHERE award_id = \(id)
            """
        ).first
    }

    /// The scores that awards brought by the ledger, by user, such as `u1 10`.
    func counted() async throws -> [String] {
        try await caughtUp()
        return try await run(
            """
            SELECT user_id || ' ' || sum(points) FROM score_events WHERE action_id = 'sys-task'
            GROUP BY user_id ORDER BY user_id
            """)
    }
}

extension AwardWorld {
    /// What `counted` gives after a persister has run.
    func countedInTheEnd() async throws -> [String] { try await withPersister { try await counted() } }
}

/// Runs a test with a new database on each of the shared servers.
func withAwardWorld(_ body: (AwardWorld) async throws -> Void) async throws {
    try await withRedis { redis in
        try await withPostgres { postgres in
            let configuration = try RedisConfiguration(url: redis.url)
            let clients = try [Scripts.all, []].map { scripts throws in
                try RedisClient(
                    configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                    scripts: scripts, logger: quietLogger)
            }
            let running = clients.map { client in Task { try await client.run() } }
            let pool = try PostgresPool(
                configuration: PostgresConfiguration(url: postgres.url), logger: quietLogger)
            try await withCleanUp {
                for client in clients { try await client.waitUntilConnected(timeout: .seconds(20)) }
                try await Migrator.migrate(pool: pool, migrations: Migrations.all)
                let outbox = RedisOutbox(
                    redis: clients[0], blocking: clients[1], partitioning: AwardWorld.partitioning)
                let opener = PartitionOpener(
                    outbox: outbox, ledger: PostgresLedger(session: pool), logger: quietLogger)
                try #require(try await opener.openWhatCanBe())
                // Receipts live for two minutes, the least there is.
                let settings = WriteSettings(
                    partitioning: AwardWorld.partitioning, rateLimit: RateLimit(count: 1, periodMilliseconds: 60_000),
                    actionMaxAge: .zero, actionSkew: .zero)
                try await body(
                    AwardWorld(
                        redis: clients[0], outbox: outbox,
                        scores: RedisScoreStore(redis: clients[0], settings: settings), pool: pool,
                        postgresURL: postgres.url, awards: PostgresAwards(pool: pool)))
            } then: {
                _ = await pool.shutdown(grace: .seconds(5))
                for task in running { task.cancel() }
                for task in running { _ = await task.result }
            }
        }
    }
}
