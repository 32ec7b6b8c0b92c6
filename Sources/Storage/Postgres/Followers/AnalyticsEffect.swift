import Basics
import Leaderboard
import Play
import PostgresClient

/// Keeps the rollups of analytics: the follower `analytics`. Deleted users count under their pseudonyms.
package struct AnalyticsEffect: FollowerEffect {
    /// The follower's name.
    package static let followerName = "analytics"
    /// See `FollowerEffect`.
    package var name: String { Self.followerName }
    private let playBoard: String

    /// - Parameter playBoard: the board of play.
    package init(playBoard: String) { self.playBoard = playBoard }

    /// The new sum of points. Nobody can stop the follower with points that a column cannot hold.
    static let sum = "least(greatest(old.points::numeric + EXCLUDED.points, -9e18), 9e18)::bigint"

    /// The sums of a key.
    private struct Sums {
        var events: Int64 = 0
        var points: Int64 = 0
        var tasks: Int64 = 0
        var rank: Int64?

        mutating func add(_ event: FollowedEvent, isTask: Bool) {
            events += 1
            points = points.addingReportingOverflow(event.points).partialValue
            if isTask { tasks += 1 }
        }
    }

    /// A user or an action on a day.
    private struct DayKey: Hashable {
        @ByteExact var name: String
        let day: String

        func precedes(_ other: DayKey) -> Bool {
            day == other.day ? name.utf8.lexicographicallyPrecedes(other.name.utf8) : day < other.day
        }
    }

    /// See `FollowerEffect`.
    package func take(_ events: [FollowedEvent], on connection: PostgresConnection) throws {
        var users: [DayKey: Sums] = [:]
        var actions: [DayKey: Sums] = [:]
        for event in events {
            let day = CivilDate(milliseconds: event.appliedAt).text
            let isTask = event.action == AnalyticsRules.taskAction
            let user = DayKey(name: event.userID, day: day)
            users[user, default: Sums()].add(event, isTask: isTask)
            if let rank = event.boards.first(where: { $0.board == playBoard })?.rank, rank > 0 {
                users[user]?.rank = rank
            }
            actions[DayKey(name: event.action, day: day), default: Sums()].add(event, isTask: isTask)
        }
        guard !users.isEmpty else { return }
        try writeUsers(users.sorted { $0.key.precedes($1.key) }.map { ($0.key, $0.value) }, on: connection)
        try writeActions(actions.sorted { $0.key.precedes($1.key) }.map { ($0.key, $0.value) }, on: connection)
    }

    // The rows of each statement come in one order, so that followers of two partitions do not wait for each other in a
    // circle.

    private func writeUsers(_ rows: [(key: DayKey, sums: Sums)], on connection: PostgresConnection) throws {
        try connection.execute(
            """
            INSERT INTO analytics_days AS old (user_id, day, events, points, tasks, rank)
            SELECT * FROM unnest($1::text[], $2::date[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
            ON CONFLICT (user_id, day) DO UPDATE SET events = old.events + EXCLUDED.events,
                points = \(Self.sum), tasks = old.tasks + EXCLUDED.tasks,
                rank = coalesce(EXCLUDED.rank, old.rank)
            """,
            [
                .textArray(rows.map(\.key.name)), .textArray(rows.map(\.key.day)), .intArray(rows.map(\.sums.events)),
                .intArray(rows.map(\.sums.points)), .intArray(rows.map(\.sums.tasks)),
                .textArray(rows.map { $0.sums.rank.map { String($0) } }),
            ])
        try connection.execute(
            """
            INSERT INTO analytics_users AS old (user_id, first_day)
            SELECT user_id, min(day) FROM unnest($1::text[], $2::date[]) AS seen (user_id, day)
            GROUP BY user_id ORDER BY user_id
            ON CONFLICT (user_id) DO UPDATE SET first_day = EXCLUDED.first_day
                WHERE EXCLUDED.first_day < old.first_day
            """, [.textArray(rows.map(\.key.name)), .textArray(rows.map(\.key.day))])
    }

    private func writeActions(_ rows: [(key: DayKey, sums: Sums)], on connection: PostgresConnection) throws {
        try connection.execute(
            """
            INSERT INTO analytics_actions AS old (action_id, day, events, points)
            SELECT * FROM unnest($1::text[], $2::date[], $3::bigint[], $4::bigint[])
            ON CONFLICT (day, action_id) DO UPDATE SET events = old.events + EXCLUDED.events,
                points = \(Self.sum)
            """,
            [
                .textArray(rows.map(\.key.name)), .textArray(rows.map(\.key.day)), .intArray(rows.map(\.sums.events)),
                .intArray(rows.map(\.sums.points)),
            ])
    }
}
