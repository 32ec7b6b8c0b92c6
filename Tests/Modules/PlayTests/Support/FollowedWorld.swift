import Basics
import Leaderboard
import Play
import PostgresClient
import Storage
import TestSupport
import Testing

/// A migrated Postgres with the followers of play.
struct FollowedWorld: Sendable {
    static let board = "global"
    let pool: PostgresPool
    let url: String
    let badges: PostgresBadges
    let notifications: PostgresNotifications
    let gamification = GamificationEffect(playBoard: Self.board)
    let analytics = AnalyticsEffect(playBoard: Self.board)

    init(pool: PostgresPool, url: String) {
        self.pool = pool
        self.url = url
        badges = PostgresBadges(pool: pool, playBoard: Self.board)
        notifications = PostgresNotifications(pool: pool)
    }

    /// The reads as of a time.
    func players(at now: Int64 = Self.start, place: LedgerPlace? = nil) -> PostgresGamification {
        PostgresGamification(pool: pool, now: { now }) { _ throws(StoreError) in place }
    }

    /// 2026-11-28T12:00:00Z.
    static let start: Int64 = 1_795_867_200_000
    static let day: Int64 = 86_400_000

    /// An update on the board of play.
    static func event(
        _ seq: Int64, of user: String, _ action: String = "kill", points: Int64 = 5, rank: Int64 = 1,
        at time: Int64 = start, partition: Int = 0, isErased: Bool = false
    ) -> FollowedEvent {
        FollowedEvent(
            partition: partition, seq: seq, userID: user, isErased: isErased, action: action, points: points,
            issuedAt: time, appliedAt: time,
            boards: [FollowedBoard(board: board, score: points, rank: rank, isChanged: true)])
    }

    /// Follows events, as one transaction.
    func follow(_ events: [FollowedEvent], _ effect: (any FollowerEffect)? = nil) async throws {
        let effect = effect ?? gamification
        try await pool.transaction { try effect.take(events, on: $0) }
    }

    /// Adds or replaces a badge.
    @discardableResult
    func put(_ id: String, _ rule: BadgeRule) async throws -> BadgePutOutcome {
        try await badges.put(Badge(id: id, name: "The \(id)", description: "", icon: "", rule: rule))
    }

    /// Sweeps until there is nothing to do.
    func sweep(page: Int = 2) async throws {
        while try await badges.sweep(limit: page) != nil {}
    }

    /// The badges that users have, such as `u1 first`, sorted.
    func held(retroactive: Bool? = nil) async throws -> [String] {
        let condition = retroactive.map { "WHERE retroactive = \($0)" } ?? ""
        return try await column(
            "SELECT user_id || ' ' || badge_id FROM user_badges \(condition) ORDER BY user_id, badge_id COLLATE \"C\"")
    }

    /// The first column of a query, as text.
    @discardableResult
    func column(_ sql: String) async throws -> [String] {
        try await pool.withConnection { try $0.query(sql).rows.map { try $0.stringOrNil(0) ?? "NULL" } }
    }
}

/// Runs a test on a fresh database.
func withFollowedWorld(_ body: (FollowedWorld) async throws -> Void) async throws {
    try await withPostgres { postgres in
        let pool = try PostgresPool(configuration: PostgresConfiguration(url: postgres.url), logger: quietLogger)
        try await withCleanUp {
            try await Migrator.migrate(pool: pool, migrations: Migrations.all)
            try await body(FollowedWorld(pool: pool, url: postgres.url))
        } then: {
            _ = await pool.shutdown(grace: .seconds(5))
        }
    }
}
