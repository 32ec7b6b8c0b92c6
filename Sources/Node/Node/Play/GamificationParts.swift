import Play
import PostgresClient

/// The followers of the ledger, gamification, analytics and notifications.
struct GamificationParts {
    let routes: [any PlayRoutes] = []
    let services: [ModuleService] = []
    /// Tells completions what they brought.
    let reader: any GamificationReader = NoReader()

    init(_ node: NodeContext, pool: PostgresPool, catalogue: CatalogueFollower, live: LiveParts) {}
}

private struct NoReader: GamificationReader {
    func standing(
        of userID: String, afterAward awardID: Int64?, within patience: Duration
    ) async -> CompletionStanding? {
        nil
    }
}
