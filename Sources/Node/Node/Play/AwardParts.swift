import Awards
import PostgresClient

/// Awards and the worker that applies them.
struct AwardParts {
    /// Settles awards for the routes that made them.
    let desk: any AwardDesk
    let services: [ModuleService] = []

    init(_ node: NodeContext, pool: PostgresPool, catalogue: CatalogueFollower) {
        desk = NoDesk()
    }
}

private struct NoDesk: AwardDesk {
    func settle(_ id: Int64, within patience: Duration) async -> AwardState { .pending }
}
