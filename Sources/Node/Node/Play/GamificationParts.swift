import API
import Leaderboard
import Play
import PostgresClient
import ServiceLifecycle
import Settings
import Storage
import Worker

/// The followers of the ledger, gamification, analytics and notifications.
struct GamificationParts {
    let routes: [any PlayRoutes]
    let services: [ModuleService]
    /// Tells completions what their events brought.
    let reader: any GamificationReader

    /// The most users of one page of a job.
    private static let page = 500

    init(_ node: NodeContext, pool: PostgresPool, catalogue: CatalogueFollower, live: LiveParts) {
        let board = node.configuration[PlaySettings.self].board
        let (stores, logger) = (node.stores, node.logger)
        let awards = PostgresAwards(pool: pool)
        let players = PostgresGamification(pool: pool, now: node.now) { id throws(StoreError) in
            try await awards.ledgerPlace(ofAward: id)
        }
        let badges = PostgresBadges(pool: pool, playBoard: board)
        let notifications = PostgresNotifications(pool: pool)
        let pages = LeaderboardPages(
            reader: stores.reader, archive: PostgresArchive(pool: pool), catalogue: catalogue, boards: stores.boards,
            logger: logger)
        reader = players
        routes = [
            GamificationRoutes(
                players: players, badges: badges, leaderboard: { try await pages.page($0) }, logger: logger,
                now: node.now),
            BadgeRoutes(badges: badges, audit: node.audit, logger: logger),
            AnalyticsRoutes(analytics: PostgresAnalytics(pool: pool), logger: logger, now: node.now),
            NotificationRoutes(store: notifications, idempotency: node.idempotency, logger: logger),
        ]
        let followers = FollowerRunner(
            followers: [
                PostgresFollower(GamificationEffect(playBoard: board), pool: pool),
                PostgresFollower(AnalyticsEffect(playBoard: board), pool: pool),
                PassedFollower(
                    pool: pool, reader: stores.reader, board: { catalogue.current?.boards[board] }, now: node.now),
            ], progress: PostgresFollowerProgress(pool: pool), logger: logger)
        let pusher = NotificationPusher(store: notifications, sender: live.sender)
        let now = node.now
        let jobs: [any Service] = [
            followers,
            Rounds("Sending notifications", every: .milliseconds(250), logger: logger) { () throws(StoreError) in
                try await pusher.push()
            },
            Rounds("Deleting old notifications", every: .seconds(60), logger: logger) { () throws(StoreError) in
                try await notifications.sweep(keep: NotificationRetention(), limit: Self.page) >= Self.page
            },
            Rounds("Giving badges", every: .seconds(1), logger: logger) { () throws(StoreError) in
                try await badges.sweep(limit: Self.page) != nil
            },
            Rounds("Warning of streaks at risk", every: .seconds(60), logger: logger) { () throws(StoreError) in
                var after: String?
                repeat { after = try await players.warn(at: now(), after: after, limit: Self.page) } while after != nil
                return false
            },
        ]
        services = jobs.map { ModuleService(stores.afterStores($0)) }
    }
}
