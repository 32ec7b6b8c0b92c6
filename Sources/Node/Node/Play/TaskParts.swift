import Play
import PostgresClient
import Settings
import Storage

/// Tasks, templates, rates and wallets.
struct TaskParts {
    let routes: [any PlayRoutes]
    /// Finishes completions, of challenges too.
    let completion: Completion

    init(_ node: NodeContext, pool: PostgresPool, awards: AwardParts, gamification: any GamificationReader) {
        let logger = node.logger
        let tasks = PostgresTaskStore(pool: pool)
        completion = Completion(desk: awards.desk, gamification: gamification)
        routes = [
            TaskRoutes(tasks: tasks, idempotency: node.idempotency, logger: logger, now: node.now),
            CompletionRoute(
                tasks: tasks,
                completions: PostgresTaskCompletions(
                    pool: pool, board: node.configuration[PlaySettings.self].board),
                completion: completion, idempotency: node.idempotency, logger: logger, now: node.now),
            TemplateRoutes(templates: PostgresTemplateStore(pool: pool), audit: node.audit, logger: logger),
            RateRoutes(rates: PostgresRateStore(pool: pool), audit: node.audit, logger: logger),
            WalletRoutes(
                wallets: PostgresWalletStore(pool: pool), idempotency: node.idempotency, audit: node.audit,
                logger: logger),
        ]
    }
}
