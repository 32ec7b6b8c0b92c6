// Node: one process of a deployment. This target assembles the roles, their stores and the listener, and starts and
// stops them.
//
// It contains no rules of its own: settings are in `Settings`, keys in `Keys`, logs and metrics in `Telemetry`, and the
// work itself in the roles. Start with `Node.assemble` and the protocol `NodeModule`; `NodeModules.all` lists the parts
// of a node.

import API
import Access
import Basics
import HTTPKit
import Hummingbird
import Keys
import Listener
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Persister
import RedisClient
import ServiceLifecycle
import Settings
import Signing
import Storage
import Telemetry
import UnixSignals

/// One node of a deployment, with one or several roles, on one port.
public struct Node: Sendable {
    package let configuration: NodeConfiguration
    let roles: NodeRoles
    let metrics: PrometheusMetrics
    package let logger: Logger
    private let onRunning: @Sendable (Int) async -> Void
    private let onRefusal: (@Sendable (RefusedUpdate) -> Void)?

    /// How long a starting node waits for its stores. After that it listens anyway, and answers 503 until they are
    /// there.
    private static let settleTimeout = Duration.seconds(3)

    /// - Parameters:
    ///   - configuration: validated for `roles`.
    ///   - roles: the roles of the node.
    ///   - metrics: the metrics that `/metrics` returns.
    ///   - onRefusal: called for each update that the node refuses, on any thread; it must not block. It has no
    ///     default, so that a trailing closure meant for `onRunning` is never matched to it.
    ///   - onRunning: called with the port when the node listens.
    public init(
        configuration: NodeConfiguration, roles: NodeRoles, metrics: PrometheusMetrics, logger: Logger,
        onRefusal: (@Sendable (RefusedUpdate) -> Void)?, onRunning: @escaping @Sendable (Int) async -> Void
    ) {
        self.configuration = configuration
        self.roles = roles
        self.metrics = metrics
        self.logger = logger
        self.onRefusal = onRefusal
        self.onRunning = onRunning
    }

    /// Runs until SIGTERM or SIGINT, or until one of the additional services fails.
    ///
    /// - Parameter services: additional services, started after the node's own.
    public func run(with services: [any Service] = []) async throws {
        OpenFiles.raiseLimit(logger: logger)
        for warning in configuration.warnings {
            logger.warning("A setting is most likely not what was meant", metadata: ["problem": "\(warning)"])
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads ?? System.coreCount)
        let stores = try Stores(configuration, roles: roles, group: group, logger: logger)
        do {
            let own = try await assemble(stores, group: group)
            var settings = ServiceGroupConfiguration(
                services: own + services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
            settings.maximumGracefulShutdownDuration = configuration.shutdownTimeout
            try await ServiceGroup(configuration: settings).run()
            await stores.shutdown()
        } catch {
            await stores.shutdown()
            throw error
        }
        try await group.shutdownGracefully()
    }

    /// Returns the node's services in the order of their start. They stop in the opposite order.
    private func assemble(_ stores: Stores, group: MultiThreadedEventLoopGroup) async throws -> [any Service] {
        let node = try await NodeContext(
            configuration, roles: roles, stores: stores, group: group, logger: logger, onRefusal: onRefusal)
        let parts = try await NodeParts(of: node, metrics: metrics)
        let requests = RequestMetrics(factory: metrics)
        var front = makeFront(node.origins, requests)
        (front.fast, front.upgrade) = (parts.fast, parts.upgrade)
        let router = makeRouter(node.origins, requests)
        parts.table.install(on: router, authenticator: node.authenticator, audit: node.audit)
        var services = parts.services
        services.append(
            ModuleService(listener(router, front: front, group: group, settle: parts.settle), in: .listeners))
        // This listener comes last, so that it stops first: a node that is stopping is not ready.
        if let operations = operationsListener(parts.health, node) {
            services.append(ModuleService(operations, in: .listeners))
        }
        return ModuleService.ordered(services)
    }

    private func makeFront(_ origins: OriginPolicy, _ requests: RequestMetrics) -> FrontRoutes {
        var front = FrontRoutes()
        front.metrics = requests
        front.sharedFields = { SharedFields.fields(of: $0, cors: origins) }
        front.literalPaths = Health.paths
        front.pathPrefix = "/api"
        return front
    }

    private func makeRouter(_ cors: OriginPolicy, _ requests: RequestMetrics) -> Router<NodeRequestContext> {
        let router = Router(context: NodeRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RequestMetricsMiddleware(metrics: requests))
        router.add(middleware: SharedFieldsMiddleware(cors: cors))
        router.add(middleware: ErrorsMiddleware())
        return router
    }

    private func listener(
        _ router: Router<NodeRequestContext>, front: FrontRoutes, group: MultiThreadedEventLoopGroup,
        settle: [@Sendable () async -> Bool]
    ) -> HTTPListener {
        HTTPListener(
            host: configuration.httpHost, port: configuration.httpPort, routes: front,
            responder: router.buildResponder(), group: group, logger: logger,
            prelude: {
                let deadline = ContinuousClock.now + Self.settleTimeout
                for isSettled in settle {
                    while await !isSettled(), ContinuousClock.now < deadline {
                        try await Task.sleep(for: .milliseconds(20))
                    }
                }
            }, onRunning: onRunning)
    }
}
