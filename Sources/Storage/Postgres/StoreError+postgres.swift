import Leaderboard
import PostgresClient

extension StoreError {
    /// Creates the error that a Postgres error means for the callers of a store.
    init(postgres error: any Error) {
        if let error = error as? StoreError {
            self = error
        } else {
            self.init(
                .unavailable, "postgres: \(error)", trouble: (error as? PostgresError).flatMap { Self.trouble(of: $0) })
        }
    }

    private static func trouble(of error: PostgresError) -> Trouble? {
        if error.code == PostgresError.Code.sharedSession { return .sessionsShared }
        if error.kind == .connection || error.code == PostgresError.Code.responseTimeout { return .postgresAway }
        return error.code == SQLState.undefinedTable ? .tablesMissing : nil
    }
}
