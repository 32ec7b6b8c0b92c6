import Basics
import Leaderboard
import Play
import PostgresClient

/// Analytics in Postgres: tables `analytics_days`, `analytics_actions` and `analytics_users`.
public struct PostgresAnalytics: AnalyticsStore {
    private let pool: PostgresPool

    /// - Parameter pool: connections to a migrated database.
    public init(pool: PostgresPool) { self.pool = pool }

    /// How long one statement of an overview may take.
    private static let statementTimeout = Duration.seconds(30)

    /// See `AnalyticsStore`.
    package func days(
        of userID: String, through last: CivilDate, count: Int
    ) async throws(StoreError) -> [UserDay] {
        try await pool.run { connection in
            try connection.query(
                """
                SELECT day, points, events, tasks, rank FROM analytics_days
                WHERE user_id = $1 AND day <= $2::date AND day > $2::date - $3::integer ORDER BY day
                """, [.text(userID), .text(last.text), .int(Int64(count))]
            ).rows.map { row in
                UserDay(
                    day: try row.string("day"), points: try row.int("points"), events: try row.int("events"),
                    tasks: try row.int("tasks"), rank: try row.intOrNil("rank"))
            }
        }
    }

    /// See `AnalyticsStore`.
    package func overview(of day: CivilDate) async throws(StoreError) -> AnalyticsOverview {
        try await pool.run { connection in
            try connection.withStatementTimeout(Self.statementTimeout) { () throws -> AnalyticsOverview in
                // All of it as of one moment.
                try connection.transaction(isolation: .repeatableRead) { connection in
                    try Self.overview(day.text, on: connection)
                }
            }
        }
    }

    private static func overview(_ day: String, on connection: PostgresConnection) throws -> AnalyticsOverview {
        func number(_ statement: String) throws -> Int64 {
            try connection.query(statement, [.text(day)]).first?.int(0) ?? 0
        }
        func active(_ days: Int) throws -> Int64 {
            try number(
                """
                SELECT count(DISTINCT user_id) FROM analytics_days
                WHERE day <= $1::date AND day > $1::date - \(days)
                """)
        }
        func rows(_ statement: String, limit: Int) throws -> [AnalyticsOverview.Row] {
            try connection.query("\(statement) LIMIT \(limit)", [.text(day)]).rows.map { row in
                AnalyticsOverview.Row(
                    name: try row.string("name"), events: try row.int("events"), points: try row.int("points"))
            }
        }
        return AnalyticsOverview(
            daily: try active(1), weekly: try active(7), monthly: try active(30),
            new: try number("SELECT count(*) FROM analytics_users WHERE first_day = $1::date"),
            cohorts: try cohorts(day, on: connection),
            actions: try rows(
                """
                SELECT action_id AS name, events, points FROM analytics_actions WHERE day = $1::date
                ORDER BY points DESC, action_id COLLATE "C"
                """, limit: AnalyticsRules.actionsMax),
            movers: try rows(
                """
                SELECT user_id AS name, events, points FROM analytics_days WHERE day = $1::date
                ORDER BY points DESC, user_id COLLATE "C"
                """, limit: AnalyticsRules.moversMax))
    }

    private static func cohorts(
        _ day: String, on connection: PostgresConnection
    ) throws -> [AnalyticsOverview.Cohort] {
        func returned(_ distance: Int) -> String {
            """
            CASE WHEN first_day + \(distance) <= $1::date THEN count(*) FILTER (WHERE EXISTS (
                SELECT FROM analytics_days AS later
                WHERE later.user_id = began.user_id AND later.day = began.first_day + \(distance))) END
            """
        }
        return try connection.query(
            """
            SELECT first_day, count(*) AS users, \(returned(1)) AS day_1, \(returned(7)) AS day_7,
                \(returned(30)) AS day_30
            FROM analytics_users AS began
            WHERE first_day <= $1::date AND first_day > $1::date - \(AnalyticsRules.cohorts)
            GROUP BY first_day ORDER BY first_day
            """, [.text(day)]
        ).rows.map { row in
            AnalyticsOverview.Cohort(
                day: try row.string("first_day"), users: try row.int("users"),
                returned: [try row.intOrNil("day_1"), try row.intOrNil("day_7"), try row.intOrNil("day_30")])
        }
    }
}
