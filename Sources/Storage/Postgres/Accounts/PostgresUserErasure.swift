import Accounts
import Leaderboard
import PostgresClient
import Signing

/// The deletion of users for accounts: what `PostgresErasures` begins, with the sessions that end.
public struct PostgresUserErasure: UserErasure {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) {
        self.pool = pool
    }

    /// See `UserErasure`. A persister takes the scores off within about a second.
    public func erase(_ userID: String) async throws(StoreError) -> [SessionID] {
        try await pool.run { connection in
            try connection.transaction { connection in
                try UserRows.erase(userID, patience: 0, on: connection).sessions.compactMap { SessionID($0) }
            }
        }
    }
}
