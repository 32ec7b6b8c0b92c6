import Play
import PostgresClient

/// The followers of the ledger, gamification, analytics and notifications.
struct GamificationParts {
    let routes: [any PlayRoutes] = []
    let services: [ModuleService] = []

    init(_ node: NodeContext, pool: PostgresPool, catalogue: CatalogueFollower, live: LiveParts) {}
}
