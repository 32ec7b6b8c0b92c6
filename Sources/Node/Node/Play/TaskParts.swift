import Play
import PostgresClient

/// Tasks, templates, rates and wallets.
struct TaskParts {
    let routes: [any PlayRoutes] = []

    init(_ node: NodeContext, pool: PostgresPool, awards: AwardParts) {}
}
