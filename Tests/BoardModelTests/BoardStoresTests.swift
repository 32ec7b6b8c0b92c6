import Basics
import Foundation
import Leaderboard
import NIOPosix
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing

/// Random operations on the real stores, compared with the plain model.
@Suite(.serialized) struct BoardStoresTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// The seed of one run, to repeat it.
    private static let seed = environment["SCORECAST_MODEL_SEED"].flatMap { UInt64($0) }
    private static let isFull = environment["SCORECAST_FULL"] == "1"
    /// Operations of one seed. An operation is a group of updates, a read with all of its pages, or an act.
    private static let count =
        environment["SCORECAST_MODEL_OPERATIONS"].flatMap { Int($0) } ?? (isFull ? 50_000 : 1_000)

    @Test("Stores do what the plain model does", .timeLimit(.minutes(60)))
    func stores() async throws {
        let random = (0..<(Self.isFull ? 100 : 0)).map { _ in UInt64.random(in: 1...999_999) }
        for seed in Self.seed.map({ [$0] }) ?? [1, 2, 3, 4] + random {
            try await run(seed: seed, count: Self.count, seconds: 10)
        }
    }

    private func run(seed: UInt64, count: Int, seconds: Int64) async throws {
        var generator = OperationGenerator(seed: seed)
        let operations = generator.operations(count: count, seconds: seconds)
        guard let difference = try await difference(operations) else { return }
        let shrunk = await Shrinker(
            failure: { try? await self.difference($0)?.step }, runsMax: Self.isFull ? 300 : 60
        ).shrink(operations)
        BoardRunReport.record(difference, seed: seed, shrunk: shrunk)
    }

    /// Runs a sequence on fresh databases. Returns the first difference.
    private func difference(_ operations: [Operation]) async throws -> BoardRun.Difference? {
        var found: BoardRun.Difference?
        try await withStores { system in
            var run = BoardRun(system: system)
            do { try await run.perform(operations) } catch let difference as BoardRun.Difference { found = difference }
        }
        return found
    }

    private func withStores(_ body: (StoresSystem) async throws -> Void) async throws {
        try await withRedis { redis in
            try await withPostgres { postgres in
                let configuration = try RedisConfiguration(url: redis.url)
                let clients = try [Scripts.all, Scripts.all, []].map { scripts throws in
                    try RedisClient(
                        configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                        scripts: scripts, logger: quietLogger)
                }
                let running = clients.map { client in Task { try await client.run() } }
                let pool = try PostgresPool(
                    configuration: PostgresConfiguration(url: postgres.url), logger: quietLogger)
                var one = PostgresConfiguration(url: postgres.url)
                one.poolSize = 1
                let session = try PostgresPool(configuration: one, logger: quietLogger)
                let result: Result<Void, any Error>
                do {
                    for client in clients { try await client.waitUntilConnected(timeout: .seconds(20)) }
                    try await Migrator.migrate(pool: pool, migrations: Migrations.all)
                    let system = StoresSystem(
                        nodes: Array(clients[0...1]), blocking: clients[2], pool: pool, session: session,
                        partitioning: Partitioning(count: 2))
                    try await system.open()
                    try await body(system)
                    result = .success(())
                } catch {
                    result = .failure(error)
                }
                for pool in [pool, session] { _ = await pool.shutdown(grace: .seconds(5)) }
                for task in running { task.cancel() }
                for task in running { _ = await task.result }
                try result.get()
            }
        }
    }
}
