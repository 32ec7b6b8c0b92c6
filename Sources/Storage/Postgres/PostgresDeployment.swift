import Leaderboard
import PostgresClient

/// The deployment's id in Postgres: table `deployment`.
public struct PostgresDeployment: Sendable {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Returns the id, which a migration created.
    public func id() async throws(StoreError) -> String {
        do {
            let id = try await pool.withConnection { try $0.query("SELECT id FROM deployment").first?.string("id") }
            if let id { return id }
        } catch {
            throw StoreError(postgres: error)
        }
        throw StoreError(.corrupt, "table deployment is empty; it must hold one row")
    }
}
