import Leaderboard
import Node
import PostgresClient
import Settings
import Storage

/// Commands' work on the database.
public enum Database {
    /// Applies the missing migrations. Returns their names, in order.
    public static func migrate(_ configuration: NodeConfiguration) async throws -> [String] {
        try await withPool(configuration) { pool in
            try await Migrator.migrate(pool: pool, migrations: Migrations.all).map(\.name)
        }
    }

    /// Adds the first actions to an empty catalogue, so that there is something to try.
    public static func addStarterActions(_ configuration: NodeConfiguration) async throws {
        try await withPool(configuration) { pool in
            let store = PostgresCatalogueStore(pool: pool)
            guard try await store.load().actions.isEmpty else { return }
            for (id, points) in [("kill", 5), ("assist", 2), ("capture", 25)] as [(String, Int64)] {
                _ = try await store.put(Action(id: id, points: points, boards: [Board.global.id]))
            }
        }
    }

    static func withPool<T: Sendable>(
        _ configuration: NodeConfiguration, _ body: (PostgresPool) async throws -> T
    ) async throws -> T {
        guard let url = configuration.postgresURL?.reveal() else { throw NodeError.missing("SCORECAST_POSTGRES_URL") }
        var settings = PostgresConfiguration(url: url)
        settings.poolSize = 1
        let pool = try PostgresPool(configuration: settings, logger: .silent)
        do {
            let result = try await body(pool)
            _ = await pool.shutdown()
            return result
        } catch {
            _ = await pool.shutdown()
            throw error
        }
    }
}
