import Leaderboard
import PostgresClient

extension PostgresPool {
    /// Runs `body` on a connection, for a store.
    ///
    /// - Throws: the error that a Postgres error means for the callers of a store.
    func run<T: Sendable>(
        _ body: @escaping @Sendable (PostgresConnection) throws -> T
    ) async throws(StoreError) -> T {
        do {
            return try await withConnection(body)
        } catch {
            throw StoreError(postgres: error)
        }
    }
}
