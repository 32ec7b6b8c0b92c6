import Basics
import Leaderboard
import Play
import PostgresClient

/// Reads the facts of players: tables `player_counts`, `streaks` and `user_badges`.
enum PlayerFactsTable {
    /// The facts of users.
    ///
    /// - Parameters:
    ///   - actions: counts of these actions; an empty one stands for all together.
    ///   - boards: counts on these boards; an empty one stands for all together.
    static func facts(
        of users: [String], actions: Set<String>, boards: Set<String>, on connection: PostgresConnection
    ) throws -> [ByteExact: PlayerFacts] {
        var facts: [ByteExact: PlayerFacts] = [:]
        for user in users { facts[ByteExact(user)] = PlayerFacts() }
        let counts = try connection.query(
            """
            SELECT user_id, action_id, board, events, points, best_points, best_rank FROM player_counts
            WHERE user_id = ANY ($1::text[]) AND action_id = ANY ($2::text[]) AND board = ANY ($3::text[])
            """, [.textArray(users), .textArray(Array(actions)), .textArray(Array(boards))])
        for row in counts.rows {
            let key = CountKey(action: try row.string("action_id"), board: try row.string("board"))
            facts[ByteExact(try row.string("user_id"))]?.counts[key] = PlayerCount(
                events: try row.int("events"), points: try row.int("points"),
                bestPoints: try row.int("best_points"), bestRank: try row.intOrNil("best_rank"))
        }
        let streaks = try connection.query(
            "SELECT \(streakColumns) FROM streaks WHERE user_id = ANY ($1::text[])", [.textArray(users)])
        for row in streaks.rows { facts[ByteExact(try row.string("user_id"))]?.streak = try streak(row) }
        let badges = try connection.query(
            "SELECT user_id, badge_id FROM user_badges WHERE user_id = ANY ($1::text[])", [.textArray(users)])
        for row in badges.rows {
            facts[ByteExact(try row.string("user_id"))]?.badges.insert(try row.string("badge_id"))
        }
        return facts
    }

    /// The columns that ``streak(_:)`` reads, and the user.
    static let streakColumns = "streaks.user_id, streaks.days, longest, freezes, last_day"

    /// The streak of a row.
    static func streak(_ row: PostgresRow) throws -> Streak {
        Streak(
            days: Int(try row.int("days")), longest: Int(try row.int("longest")),
            freezes: Int(try row.int("freezes")), lastDay: try day(row, "last_day"))
    }

    /// A date.
    static func day(_ row: PostgresRow, _ column: PostgresColumn) throws -> CivilDate {
        guard let day = CivilDate(text: try row.string(column)) else {
            throw StoreError(.corrupt, "a date cannot be read")
        }
        return day
    }

    /// The time zones of users who have one.
    static func timeZones(of users: [String], on connection: PostgresConnection) throws -> [ByteExact: String] {
        let rows = try connection.query(
            "SELECT user_id, time_zone FROM profiles WHERE user_id = ANY ($1::text[]) AND time_zone IS NOT NULL",
            [.textArray(users)]
        ).rows
        return Dictionary(
            try rows.map { (ByteExact(try $0.string("user_id")), try $0.string("time_zone")) },
            uniquingKeysWith: { $1 })
    }
}
