import Leaderboard
import Play
import PostgresClient

/// Rates in Postgres: tables `taskpoints` and `jobpoints`.
public struct PostgresRateStore: RateStore {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) { self.pool = pool }

    /// See `RateStore`.
    package func rate(_ kind: RateKind, _ name: String) async throws(StoreError) -> Rate? {
        try await pool.run { connection in
            try connection.query("\(kind.select) WHERE \(kind.key) = $1", [.text(name)]).first
                .map { try RateRow.rate($0) }
        }
    }

    /// See `RateStore`.
    package func rates(_ kind: RateKind, after: String?, limit: Int) async throws(StoreError) -> [NamedRate] {
        try await pool.run { connection in
            try connection.query(
                """
                \(kind.select) WHERE \(kind.key) COLLATE "C" > $1
                ORDER BY \(kind.key) COLLATE "C" LIMIT $2
                """, [.text(after ?? ""), .int(Int64(max(limit, 0)))]
            ).rows.map { NamedRate(name: try $0.string("name"), rate: try RateRow.rate($0)) }
        }
    }

    /// See `RateStore`.
    package func put(_ rate: NamedRate, _ kind: RateKind) async throws(StoreError) -> Bool {
        try await pool.run { connection in
            let row = try connection.query(
                """
                INSERT INTO \(kind.table) (\(kind.key), points, coins, max_per_user_per_day) VALUES ($1, $2, $3, $4)
                ON CONFLICT (\(kind.key)) DO UPDATE SET points = EXCLUDED.points, coins = EXCLUDED.coins,
                    max_per_user_per_day = EXCLUDED.max_per_user_per_day, updated_at = clock_timestamp()
                RETURNING xmax = 0 AS is_new
                """,
                [
                    .text(rate.name), .int(rate.rate.points), .int(rate.rate.coins),
                    .int(orNull: rate.rate.maxPerUserPerDay),
                ]
            ).first
            return try row?.bool("is_new") ?? false
        }
    }

    /// See `RateStore`.
    package func delete(_ kind: RateKind, _ name: String) async throws(StoreError) -> Bool {
        try await pool.run { connection in
            try connection.execute("DELETE FROM \(kind.table) WHERE \(kind.key) = $1", [.text(name)]) > 0
        }
    }
}

/// Rows of both tables.
enum RateRow {
    static func rate(_ row: PostgresRow) throws -> Rate {
        Rate(
            points: try row.int("points"), coins: try row.int("coins"),
            maxPerUserPerDay: try row.intOrNil("max_per_user_per_day"))
    }
}

extension RateKind {
    fileprivate var table: String {
        switch self {
        case .taskType: "taskpoints"
        case .job: "jobpoints"
        }
    }

    fileprivate var key: String {
        switch self {
        case .taskType: "type"
        case .job: "job"
        }
    }

    fileprivate var select: String {
        "SELECT \(key) AS name, points, coins, max_per_user_per_day FROM \(table)"
    }
}
