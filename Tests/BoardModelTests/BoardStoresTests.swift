import Basics
import Foundation
import Leaderboard
import LocalServers
import NIOConcurrencyHelpers
import NIOPosix
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing

/// Random operations on the real stores, compared with the plain model.
///
/// The test sets the clock of Redis and of the nodes, so that a seed gives the same run each time, and nothing waits.
struct BoardStoresTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// The seed of one run, to repeat it.
    private static let seed = environment["SCORECAST_MODEL_SEED"].flatMap { UInt64($0) }
    private static let isFull = environment["SCORECAST_FULL"] == "1"
    /// Operations of one seed.
    private static let count = environment["SCORECAST_MODEL_OPERATIONS"].flatMap { Int($0) } ?? 12_500
    /// Seeds that run at once, each with a Redis of its own. A run mostly waits for its servers.
    private static let runsAtOnce = 4

    /// The outcomes that updates without limits can have.
    private static let outcomes: Set = [
        "applied", "replayed", "actionIDReused", "outOfBounds", "decreaseRefused", "sealed", "formChanged", "stale",
    ]

    @Test("Stores do what the plain model does", .timeLimit(.minutes(240)))
    func stores() async throws {
        let random = (0..<(Self.isFull ? 392 : 0)).map { _ in UInt64.random(in: 1...999_999_999) }
        let seen = NIOLockedValueBox<Set<String>>([])
        let sees: @Sendable (String) -> Void = { name in seen.withLockedValue { _ = $0.insert(name) } }
        var seeds = Self.seed.map { [$0] } ?? Array(1...8) + random
        try await withThrowingTaskGroup { group in
            for _ in 0..<Self.runsAtOnce {
                guard let seed = seeds.popLast() else { break }
                group.addTask { try await Self.run(seed, sees) }
            }
            while try await group.next() != nil {
                if let seed = seeds.popLast() { group.addTask { try await Self.run(seed, sees) } }
            }
        }
        if Self.seed == nil { #expect(seen.withLockedValue { $0 } == Self.outcomes) }
    }

    private static func run(_ seed: UInt64, _ sees: @escaping @Sendable (String) -> Void) async throws {
        let report = BoardRunReport(withSystem: withStores, runsMax: isFull ? 1_000 : 400, sees: sees)
        try await report.run(seed: seed, count: count)
    }

    /// Runs a body with fresh stores.
    private static func withStores(
        from start: Int64, _ body: @Sendable (any BoardSystem) async throws -> BoardRun.Difference?
    ) async throws -> BoardRun.Difference? {
        let clock = try SetClock(at: start)
        return try await withPrivateRedis(durability: .never, extraArguments: ["--appendonly", "no"], clock: clock) {
            redis in
            try await withPostgres { postgres in
                var one = PostgresConfiguration(url: postgres.url)
                one.poolSize = 1
                let pool = try PostgresPool(configuration: one, logger: quietLogger)
                let session = try PostgresPool(configuration: one, logger: quietLogger)
                return try await withCleanUp {
                    try await Migrator.migrate(pool: pool, migrations: Migrations.all)
                    return try await withStores(clock, redis.url, pool, session, body)
                } then: {
                    for pool in [pool, session] { _ = await pool.shutdown(grace: .seconds(5)) }
                }
            }
        }
    }

    private static func withStores(
        _ clock: SetClock, _ url: String, _ pool: PostgresPool, _ session: PostgresPool,
        _ body: @Sendable (any BoardSystem) async throws -> BoardRun.Difference?
    ) async throws -> BoardRun.Difference? {
        let configuration = try RedisConfiguration(url: url)
        let group = MultiThreadedEventLoopGroup.singleton
        let clients = try [Scripts.all, Scripts.all, []].map { scripts throws in
            try RedisClient(
                configuration: configuration, eventLoopGroup: group, scripts: scripts, logger: quietLogger)
        }
        let partitioning = Partitioning(count: 2)
        let feed = try RedisTopFeed(
            configuration: configuration, partitioning: partitioning, eventLoop: group.next(), logger: quietLogger)
        let services = clients.map { client in { @Sendable in try await client.run() } } + [feed.run]
        let running = services.map { run in Task { try await run() } }
        return try await withCleanUp {
            for client in clients { try await client.waitUntilConnected(timeout: .seconds(20)) }
            let system = StoresSystem(
                clock: clock, nodes: Array(clients[0...1]), blocking: clients[2], feed: feed, pool: pool,
                session: session, partitioning: partitioning)
            try await system.open()
            return try await body(system)
        } then: {
            for task in running { task.cancel() }
            for task in running { _ = await task.result }
        }
    }
}
