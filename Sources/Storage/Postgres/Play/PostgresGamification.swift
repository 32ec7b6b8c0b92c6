import Basics
import Leaderboard
import Play
import PostgresClient

/// What followers keep for players, in Postgres: tables `player_counts`, `player_days`, `streaks` and `user_badges`.
public struct PostgresGamification: GamificationStore, GamificationReader {
    private let pool: PostgresPool
    private let place: @Sendable (Int64) async throws(StoreError) -> LedgerPlace?
    private let now: @Sendable () -> Int64

    /// How often a reader looks whether followers have come to an event: it begins with the first and doubles up to the
    /// last.
    private static let looks = (first: Duration.milliseconds(20), last: Duration.milliseconds(200))

    /// - Parameters:
    ///   - pool: connections to a migrated database.
    ///   - now: in ms since 1970.
    ///   - place: finds the event of an award in the ledger.
    public init(
        pool: PostgresPool, now: @escaping @Sendable () -> Int64,
        place: @escaping @Sendable (Int64) async throws(StoreError) -> LedgerPlace?
    ) {
        self.pool = pool
        self.now = now
        self.place = place
    }

    // MARK: Reading

    /// See `GamificationStore`.
    package func summary(of userID: String) async throws(StoreError) -> PlayerSummary {
        try await pool.run { try Self.summary(of: userID, on: $0) }
    }

    private static func summary(of userID: String, on connection: PostgresConnection) throws -> PlayerSummary {
        var summary = PlayerSummary()
        let counts = try connection.query(
            """
            SELECT action_id, events, points FROM player_counts
            WHERE user_id = $1 AND board = '' AND action_id IN ('', $2, $3)
            """, [.text(userID), .text(AnalyticsRules.taskAction), .text(BadgeRule.challengeAction)])
        for row in counts.rows {
            switch try row.string("action_id") {
            case "": summary.points = try row.int("points")
            case AnalyticsRules.taskAction: summary.tasks = try row.int("events")
            default: summary.challenges = try row.int("events")
            }
        }
        summary.streak = try connection.query(
            "SELECT \(PlayerFactsTable.streakColumns) FROM streaks WHERE user_id = $1", [.text(userID)]
        ).first.map { try PlayerFactsTable.streak($0) }
        summary.timeZone = try PlayerFactsTable.timeZones(of: [userID], on: connection)[ByteExact(userID)]
        return summary
    }

    /// See `GamificationStore`.
    package func points(of userID: String, on day: CivilDate) async throws(StoreError) -> Int64 {
        try await pool.run { connection in
            try connection.query(
                "SELECT points FROM player_days WHERE user_id = $1 AND day = $2", [.text(userID), .text(day.text)]
            ).first?.int(0) ?? 0
        }
    }

    // MARK: After a completion

    /// See `GamificationReader`.
    package func standing(
        of userID: String, afterAward awardID: Int64?, within patience: Duration
    ) async -> CompletionStanding? {
        let end = ContinuousClock.now + patience
        var wait = Self.looks.first
        do {
            guard let awardID else {
                let streak = try await summary(of: userID).standing(at: now())
                return CompletionStanding(badges: [], streak: streak)
            }
            var place: LedgerPlace?
            while true {
                if place == nil { place = try await self.place(awardID) }
                if let place, let standing = try await standing(of: userID, after: place) { return standing }
                guard ContinuousClock.now + wait < end else { return nil }
                try await Task.sleep(for: wait)
                wait = min(wait * 2, Self.looks.last)
            }
        } catch {
            return nil
        }
    }

    /// Nil until the follower has passed the event.
    private func standing(
        of userID: String, after place: LedgerPlace
    ) async throws(StoreError) -> CompletionStanding? {
        let now = now()
        return try await pool.run { connection in
            let passed = try connection.query(
                "SELECT seq >= $3 FROM follower_positions WHERE follower = $1 AND partition = $2",
                [.text(GamificationEffect.followerName), .int(Int64(place.partition)), .int(place.seq)]
            ).first?.bool(0)
            guard passed == true else { return nil }
            let badges = try connection.query(
                """
                SELECT badges.badge_id, name
                FROM user_badges JOIN badges ON badges.badge_id = user_badges.badge_id
                WHERE user_id = $1 AND partition = $2 AND seq = $3 ORDER BY badges.badge_id COLLATE "C"
                """, [.text(userID), .int(Int64(place.partition)), .int(place.seq)]
            ).rows.map { EarnedBadge(id: try $0.string("badge_id"), name: try $0.string("name")) }
            let streak = try Self.summary(of: userID, on: connection).standing(at: now)
            return CompletionStanding(badges: badges, streak: streak)
        }
    }

    // MARK: Warnings

    /// See `GamificationStore`. A streak that may be at risk somewhere had its last day yesterday, give or take a day
    /// for the time zone, or was saved by freezes since.
    package func warn(at now: Int64, after: String?, limit: Int) async throws(StoreError) -> String? {
        try await pool.run { connection in
            let today = CivilDate(milliseconds: now).daysSince1970
            let rows = try connection.query(
                """
                \(Self.selectWarnings)
                WHERE streaks.user_id > $1 AND last_day BETWEEN $2::date AND $3::date
                    AND (warned_day IS NULL OR warned_day < $4::date)
                ORDER BY streaks.user_id LIMIT $5
                """,
                [
                    .text(after ?? ""), .text(CivilDate(daysSince1970: today - Streak.freezesMax - 2).text),
                    .text(CivilDate(daysSince1970: today).text), .text(CivilDate(daysSince1970: today + 1).text),
                    .int(Int64(limit)),
                ]
            ).rows
            let users = try rows.filter { try Self.warning(of: $0, at: now) != nil }.map { try $0.string("user_id") }
            if !users.isEmpty {
                try connection.transaction { try Self.warn(users, at: now, on: $0) }
            }
            return rows.count < limit ? nil : try rows.last?.string("user_id")
        }
    }

    private static let selectWarnings = """
        SELECT \(PlayerFactsTable.streakColumns), warned_day, time_zone
        FROM streaks LEFT JOIN profiles ON profiles.user_id = streaks.user_id
        """

    /// Warns those of the users whose streaks are still at risk. Only their rows are locked: a lock is a write, and the
    /// look at all streaks each minute should write nothing.
    private static func warn(_ users: [String], at now: Int64, on connection: PostgresConnection) throws {
        let rows = try connection.query(
            """
            \(selectWarnings) WHERE streaks.user_id = ANY ($1::text[])
            ORDER BY streaks.user_id FOR UPDATE OF streaks SKIP LOCKED
            """, [.textArray(users)]
        ).rows
        for row in rows { try warn(row, at: now, on: connection) }
    }

    /// The streak and the day of a warning that is due; nil if there is none.
    private static func warning(
        of row: PostgresRow, at now: Int64
    ) throws -> (standing: StreakStanding, today: CivilDate)? {
        let calendar = LocalDays(zone: try row.stringOrNil("time_zone"))
        let standing = try PlayerFactsTable.streak(row).standing(at: now, in: calendar)
        let today = calendar.day(at: now)
        let warned = try row.stringOrNil("warned_day").flatMap { CivilDate(text: $0) }
        guard standing.isAtRisk, (warned?.daysSince1970 ?? .min) < today.daysSince1970 else { return nil }
        return (standing, today)
    }

    private static func warn(_ row: PostgresRow, at now: Int64, on connection: PostgresConnection) throws {
        guard let (standing, today) = try warning(of: row, at: now) else { return }
        let user = try row.string("user_id")
        try connection.execute(
            "UPDATE streaks SET warned_day = $2 WHERE user_id = $1", [.text(user), .text(today.text)])
        try PostgresNotifications.add(
            kind: .streakAtRisk, user: user, reference: today.text,
            title: "Your streak of \(standing.days) \(standing.days == 1 ? "day" : "days") is at risk today.",
            data: NotificationData.streak(standing), on: connection)
    }
}
