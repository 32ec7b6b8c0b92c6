import Access
import HTTPKit
import Hummingbird
import Listener
import Logging
import Settings

extension Node {
    /// Returns the listener for operators, or nil if none is configured. Its port need not be reachable from outside.
    func operationsListener(_ health: Health, _ node: NodeContext) -> HTTPListener? {
        guard let port = configuration.operationsPort else { return nil }
        let router = Router(context: NodeRequestContext.self, options: .autoGenerateHeadEndpoints)
        // Pages of other origins have nothing to do here.
        let cors = OriginPolicy(allowed: [])
        router.add(middleware: SharedFieldsMiddleware(cors: cors))
        router.add(middleware: ErrorsMiddleware())
        var table = RouteTable()
        health.addRoutes(to: &table, for: .operators)
        table.install(on: router, authenticator: node.authenticator, audit: node.audit)
        var front = FrontRoutes()
        front.sharedFields = { SharedFields.fields(of: $0, cors: cors) }
        front.literalPaths = Health.paths
        return HTTPListener(
            host: configuration.operationsHost, port: port, routes: front, responder: router.buildResponder(),
            group: node.group, logger: logger,
            onRunning: { [logger] port in logger.notice("Listening for operators", metadata: ["port": "\(port)"]) })
    }
}
