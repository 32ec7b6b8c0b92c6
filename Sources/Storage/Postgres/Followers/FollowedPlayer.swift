import Basics
import Leaderboard
import Play
import PostgresClient

/// A player while a batch of events is followed.
struct FollowedPlayer {
    let userID: String
    private var facts: PlayerFacts
    private let calendar: LocalDays
    private let badges: KnownBadges
    private let playBoard: String
    /// The counts that changed.
    private var touched: Set<CountKey> = []
    /// The points of the batch by day, and whether one of its updates brought a point.
    private var days: [Int: (points: Int64, earned: Bool)] = [:]
    /// All days with points; read when an event comes for a day before the last one.
    private var earnedDays: Set<Int>?

    init(userID: String, facts: PlayerFacts, zone: String?, badges: KnownBadges, playBoard: String) {
        self.userID = userID
        self.facts = facts
        self.playBoard = playBoard
        calendar = LocalDays(zone: zone)
        self.badges = badges
    }

    // MARK: Events

    /// Counts an event, and gives what it earns.
    mutating func take(_ event: FollowedEvent, on connection: PostgresConnection) throws {
        let level = LevelTable.level(of: facts.points)
        let boards = event.boards.map { (board: $0.board, rank: $0.rank) }
        facts.count(action: event.action, points: event.points, boards: boards)
        for action in [event.action, ""] {
            for board in boards.map(\.board) + [""] { touched.insert(CountKey(action: action, board: board)) }
        }
        try count(event.points, on: calendar.day(at: event.appliedAt), connection)
        for id in facts.award(badges.rules, playBoard: playBoard) {
            guard let badge = badges.byID[id] else { continue }
            try BadgeRows.give(badge, to: userID, by: (event.partition, event.seq), on: connection)
        }
        let reached = LevelTable.level(of: facts.points)
        if reached > level {
            try PostgresNotifications.add(
                kind: .level, user: userID, reference: String(reached), title: "You reached level \(reached).",
                data: NotificationData.level(reached, points: facts.points), on: connection)
        }
    }

    private mutating func count(_ points: Int64, on day: CivilDate, _ connection: PostgresConnection) throws {
        let number = day.daysSince1970
        let earns = points > 0
        var sums = days[number] ?? (0, false)
        sums = (sums.points.addingReportingOverflow(points).partialValue, sums.earned || earns)
        days[number] = sums
        guard earns else { return }
        if let last = facts.streak?.lastDay.daysSince1970, number < last || earnedDays != nil {
            // Partitions are followed each at its own pace, so a day may come late. The history decides then.
            var history = try earnedDays ?? Self.earnedDays(of: userID, on: connection)
            history.formUnion(days.lazy.filter(\.value.earned).map(\.key))
            earnedDays = history
            let longest = facts.streak?.longest ?? 0
            guard let folded = Streak(history.sorted().map { CivilDate(daysSince1970: $0) }) else { return }
            facts.streak = Streak(
                days: folded.days, longest: max(longest, folded.longest), freezes: folded.freezes,
                lastDay: folded.lastDay)
        } else if facts.streak == nil {
            facts.streak = Streak(first: day)
        } else {
            facts.streak?.count(day)
        }
    }

    private static func earnedDays(of userID: String, on connection: PostgresConnection) throws -> Set<Int> {
        let rows = try connection.query(
            "SELECT day FROM player_days WHERE user_id = $1 AND earned", [.text(userID)]
        ).rows
        return Set(try rows.map { try PlayerFactsTable.day($0, 0).daysSince1970 })
    }

    // MARK: Writing

    /// Writes what changed, in one order.
    static func write(_ players: [FollowedPlayer], on connection: PostgresConnection) throws {
        try writeCounts(players, on: connection)
        let days = players.flatMap { player in
            player.days.sorted { $0.key < $1.key }.map { (player.userID, $0.key, $0.value) }
        }
        try connection.execute(
            """
            INSERT INTO player_days AS old (user_id, day, points, earned)
            SELECT * FROM unnest($1::text[], $2::date[], $3::bigint[], $4::boolean[])
            ON CONFLICT (user_id, day) DO UPDATE
                SET points = \(AnalyticsEffect.sum), earned = old.earned OR EXCLUDED.earned
            """,
            [
                .textArray(days.map(\.0)), .textArray(days.map { CivilDate(daysSince1970: $0.1).text }),
                .intArray(days.map(\.2.points)), .textArray(days.map { $0.2.earned ? "t" : "f" }),
            ])
        let streaks = players.compactMap { player in player.facts.streak.map { (player.userID, $0) } }
        try connection.execute(
            """
            INSERT INTO streaks (user_id, days, longest, freezes, last_day)
            SELECT * FROM unnest($1::text[], $2::integer[], $3::integer[], $4::integer[], $5::date[])
            ON CONFLICT (user_id) DO UPDATE SET days = EXCLUDED.days, longest = EXCLUDED.longest,
                freezes = EXCLUDED.freezes, last_day = EXCLUDED.last_day
            """,
            [
                .textArray(streaks.map(\.0)), .intArray(streaks.map { Int64($0.1.days) }),
                .intArray(streaks.map { Int64($0.1.longest) }), .intArray(streaks.map { Int64($0.1.freezes) }),
                .textArray(streaks.map { $0.1.lastDay.text }),
            ])
    }

    private static func writeCounts(_ players: [FollowedPlayer], on connection: PostgresConnection) throws {
        var rows: [(user: String, key: CountKey, count: PlayerCount)] = []
        for player in players {
            for key in player.touched {
                if let count = player.facts.counts[key] { rows.append((player.userID, key, count)) }
            }
        }
        try connection.execute(
            """
            INSERT INTO player_counts (user_id, action_id, board, events, points, best_points, best_rank)
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[],
                $7::bigint[])
            ON CONFLICT (user_id, action_id, board) DO UPDATE SET events = EXCLUDED.events,
                points = EXCLUDED.points, best_points = EXCLUDED.best_points, best_rank = EXCLUDED.best_rank
            """,
            [
                .textArray(rows.map(\.user)), .textArray(rows.map(\.key.action)), .textArray(rows.map(\.key.board)),
                .intArray(rows.map(\.count.events)), .intArray(rows.map(\.count.points)),
                .intArray(rows.map(\.count.bestPoints)),
                .textArray(rows.map { $0.count.bestRank.map { String($0) } }),
            ])
    }
}
