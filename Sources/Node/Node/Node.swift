// A node: the roles it plays, the stores they use, the listener in front, and their start and stop.

import API
import Access
import Basics
import Gateway
import HTTPKit
import Hummingbird
import Keys
import Leaderboard
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
    private let roles: NodeRoles
    private let metrics: PrometheusMetrics
    package let logger: Logger
    private let onRunning: @Sendable (Int) async -> Void
    private let onRefusal: (@Sendable (RefusedUpdate) -> Void)?

    /// How long a starting node waits for its stores before it listens all the same, answering 503 meanwhile.
    private static let settleTimeout = Duration.seconds(3)

    /// - Parameters:
    ///   - configuration: validated for `roles`.
    ///   - roles: what the node does.
    ///   - metrics: what `/metrics` shows.
    ///   - onRefusal: told of each update that the node refuses, from any thread; it must not wait.
    ///   - onRunning: called with the port once the node listens.
    public init(
        configuration: NodeConfiguration, roles: NodeRoles, metrics: PrometheusMetrics, logger: Logger,
        onRefusal: (@Sendable (RefusedUpdate) -> Void)? = nil,
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.roles = roles
        self.metrics = metrics
        self.logger = logger
        self.onRefusal = onRefusal
        self.onRunning = onRunning
    }

    /// Runs until SIGTERM or SIGINT, or until `services` that were added fail.
    ///
    /// - Parameter services: more services, started after the node's own.
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

    /// The node's services, in the order of their start; they stop in the opposite order.
    private func assemble(_ stores: Stores, group: MultiThreadedEventLoopGroup) async throws -> [any Service] {
        let keys = try await NodeKeys(configuration, roles: roles, group: group, logger: logger)
        var services = stores.services(logger: logger) + keys.services
        var front = FrontRoutes()
        var checks: [(part: String, check: Health.Check)] = [("redis", { stores.fitness.report.refusal?.reason })]
        var settle: [@Sendable () async -> Bool] = [{ stores.redis.isConnected }]
        let cors = OriginPolicy(allowed: configuration.allowedOrigins)
        let requests = RequestMetrics(factory: metrics)
        let router = makeRouter(cors, requests)
        let tokens = TokenVerifiers(verifier: keys.ring.tokens, group: group, onUnknownKey: keys.noteUnknownKey)
        keys.ring.followTokens { tokens.replace($0) }
        front.metrics = requests
        front.sharedFields = { SharedFields.fields(of: $0, cors: cors) }
        front.literalPaths = Health.paths

        let catalogue = makeCatalogue(stores)
        if let catalogue { services.append(catalogue) }
        if let pool = stores.pool, roles.contains(.api) || roles.contains(.persister) {
            let opener = PartitionOpener(
                outbox: stores.outbox, ledger: PostgresLedger(session: stores.session ?? pool), logger: logger)
            services.append(stores.afterRedis(opener))
            settle.append { (try? await opener.openWhatCanBe()) ?? false }
        }
        let persistedWriter = configuration.acknowledgement == .persisted ? stores.persistedWriter() : nil
        if roles.contains(.api) {
            guard let catalogue else { throw NodeError.missing("SCORECAST_POSTGRES_URL") }
            let api = try makeAPI(
                stores, keys: keys, tokens: tokens, catalogue: catalogue, writer: persistedWriter ?? stores.writer,
                cors: cors,
                group: group)
            services.append(api.suspicions)
            api.addRoutes(to: router)
            front.fast += api.fastRoutes
            settle += [{ catalogue.isLoaded }, { keys.whyNotReady == nil }]
            checks.append(("api", { keys.whyNotReady }))
            checks.append(
                ("api", { catalogue.isLoaded ? await stores.outbox.whyNotWritable() : "no catalogue yet" }))
        }
        if roles.contains(.persister), let session = stores.session, let blocking = stores.blocking {
            let persister = Persister(
                outbox: stores.outbox, ledger: PostgresLedger(session: session), partitioning: stores.partitioning,
                logger: logger, now: WallClock.milliseconds)
            services += [stores.deferred(blocking), stores.afterRedis(persister)]
            checks.append(("persister", { persister.status.whyNotReady() }))
        }
        if roles.contains(.gateway), let feed = stores.feed {
            let parts = makeGateway(
                stores, feed: feed, tokens: keys.canCheckTokens ? tokens : nil, group: group)
            services += [stores.deferred(feed), parts.canary, parts.boards, parts.gateway]
            addPageRoutes(to: router)
            front.upgrade += parts.gateway.upgradeRoutes
            settle.append { parts.boards.isKnown }
            checks.append(("gateway", { parts.gateway.readiness.whyNotReady() }))
        }
        OpenAPIDocument.addRoute(to: router)
        let health = Health(checks: checks, metrics: metrics)
        health.addRoutes(to: router, for: configuration.operationsPort == nil ? .operators : .everybody)
        // After the persister, so that it stops before: what still waits can then be settled.
        if let persistedWriter { services.append(persistedWriter) }
        services.append(listener(router, front: front, group: group, settle: settle))
        // Last, so that it stops first: what is on its way down is not ready.
        if let operations = operationsListener(health, group: group) { services.append(operations) }
        return services
    }

    private func makeRouter(_ cors: OriginPolicy, _ requests: RequestMetrics) -> Router<NodeRequestContext> {
        let router = Router(context: NodeRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: RequestMetricsMiddleware(metrics: requests))
        router.add(middleware: SharedFieldsMiddleware(cors: cors))
        router.add(middleware: ErrorsMiddleware())
        return router
    }

    /// Follows the catalogue of the database, and publishes its boards; nil on nodes that do not use a database.
    private func makeCatalogue(_ stores: Stores) -> CatalogueFollower? {
        guard let pool = stores.pool, roles.contains(.api) || roles.contains(.persister) else { return nil }
        return CatalogueFollower(
            store: PostgresCatalogueStore(pool: pool), published: stores.catalogue, logger: logger)
    }

    private func makeAPI(
        _ stores: Stores, keys: NodeKeys, tokens: TokenVerifiers, catalogue: CatalogueFollower,
        writer: any ScoreWriter, cors: OriginPolicy, group: MultiThreadedEventLoopGroup
    ) throws -> APIRole {
        guard let actionIDs = keys.ring.actionIDs, let pool = stores.pool, let audit = stores.audit else {
            throw NodeError.missing("SCORECAST_ACTION_KEYS or SCORECAST_POSTGRES_URL")
        }
        let api = APIRole(
            writer: writer, reader: stores.reader, catalogue: catalogue, store: PostgresCatalogueStore(pool: pool),
            suspicions: PostgresSuspicionStore(pool: audit, node: "\(HostName.current):\(configuration.httpPort)"),
            tokens: tokens, actionIDs: actionIDs, limits: configuration.apiLimits, cors: cors, group: group,
            logger: logger, now: WallClock.milliseconds, onRefusal: onRefusal)
        keys.ring.followActionIDs { if let verifier = $0 { api.replace(actionIDs: verifier) } }
        return api
    }

    /// - Parameter tokens: checks tokens; nil where no keys are configured.
    private func makeGateway(
        _ stores: Stores, feed: RedisTopFeed, tokens: TokenVerifiers?, group: MultiThreadedEventLoopGroup
    ) -> (gateway: Gateway, canary: FeedCanary, boards: BoardFollower) {
        let canary = FeedCanary(feed: feed, redis: stores.redis, logger: logger)
        let boards = BoardFollower(published: stores.catalogue, feed: feed, logger: logger)
        var settings = GatewayConfiguration(boards: boards, now: WallClock.milliseconds)
        configuration.apply(to: &settings)
        settings.tokens = tokens.map { VerifiedWatcherTokens($0, now: WallClock.milliseconds) }
        settings.canary = { canary.proof }
        let gateway = Gateway(
            configuration: settings, feed: feed, reader: stores.reader, eventLoopGroup: group, logger: logger)
        return (gateway, canary, boards)
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
