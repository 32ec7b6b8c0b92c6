import Leaderboard
import PostgresClient
import Worker

/// How far followers have come, in Postgres.
package struct PostgresFollowerProgress: FollowerProgress {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    package init(pool: PostgresPool) { self.pool = pool }

    /// See `FollowerProgress`. A follower without a position lags by all that the partition ever had.
    package func lag(of follower: String) async throws(StoreError) -> [FollowerLag] {
        try await pool.run { connection in
            try connection.query(
                """
                SELECT ledger.partition, ledger.seq - coalesce(follower.seq, 0) AS events,
                    coalesce(follower.available_at <= clock_timestamp(), true) AS is_due
                FROM partition_positions AS ledger
                LEFT JOIN follower_positions AS follower
                    ON follower.follower = $1 AND follower.partition = ledger.partition
                WHERE follower.seq IS NULL OR follower.seq < ledger.seq
                ORDER BY ledger.partition
                """, [.text(follower)]
            ).rows.map { row in
                FollowerLag(
                    partition: Int(try row.int("partition")), events: try row.int("events"),
                    isDue: try row.bool("is_due"))
            }
        }
    }

    /// See `FollowerProgress`.
    package func hasPassed(_ follower: String, partition: Int, seq: Int64) async throws(StoreError) -> Bool {
        try await pool.run { connection in
            let found = try connection.query(
                "SELECT FROM follower_positions WHERE follower = $1 AND partition = $2 AND seq >= $3",
                [.text(follower), .int(Int64(partition)), .int(seq)])
            return !found.rows.isEmpty
        }
    }
}
