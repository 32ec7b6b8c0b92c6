import API
import Basics
import Leaderboard
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import PostgresClient
import RedisClient
import ServiceLifecycle
import Settings
import Storage

/// The connections of one node to Redis and Postgres, and the ports over them.
struct Stores {
    let redis: RedisClient
    /// The checks of each new connection to Redis.
    let fitness: RedisFitness
    /// Opens when connections to Redis may be made.
    let mayConnect: Latch
    /// Opens when Postgres has told the deployment's id. Everything that carries something from one store to the other
    /// waits for it.
    let deploymentIsKnown: Latch
    /// Whether this node may use Redis before the deployment's id is known.
    private let startsWithoutDatabase: Bool
    /// Why the deployment's id could not be read.
    let deploymentTrouble = NIOLockedValueBox<StoreError.Trouble?>(nil)
    let blocking: RedisClient?
    let pool: PostgresPool?
    let session: PostgresPool?
    /// Finds out whether a pooler shares sessions. Only persisters have it.
    let sessionTest: SessionTest?
    /// A connection for the audit only, so that the audit never takes one that clients wait for. Only nodes of the API
    /// and of accounts have it.
    let audit: PostgresPool?
    /// Connections for archiving only, which can take minutes. Only persisters have them.
    let archive: PostgresPool?
    /// A connection for the rebuild of a partition. Only persisters have it.
    let rebuild: PostgresPool?
    /// A connection for the months of the ledger, which also holds their lease. Only persisters have it.
    let months: PostgresPool?
    /// A connection for the deletions of users, which also holds their lease. Only persisters have it.
    let erasures: PostgresPool?
    /// A connection for the scheduled audits, which also holds their lease. Only persisters with a schedule have it.
    let scheduledAudit: PostgresPool?
    /// How updates are written.
    let writeSettings: WriteSettings
    let writer: RedisScoreStore
    let reader: RedisLeaderboardReader
    let boards: RedisBoardStore
    let sealer: RedisPeriodSealer
    let outbox: RedisOutbox
    let catalogue: RedisCatalogue
    let feed: RedisTopFeed?
    let partitioning: Partitioning

    /// The timeout of the persister's blocking reads, with room for the reply.
    private static let blockingTimeoutSeconds: Int64 = 5

    init(_ configuration: NodeConfiguration, roles: NodeRoles, group: MultiThreadedEventLoopGroup, logger: Logger)
        throws
    {
        guard let url = configuration.redisURL?.reveal() else { throw NodeError.missing("SCORECAST_REDIS_URL") }
        partitioning = Partitioning(count: configuration.partitions)
        var redisConfiguration = try RedisConfiguration(url: url)
        redisConfiguration.commandTimeout = TimeAmount(configuration.redisTimeout)
        redisConfiguration.setKeyPrefix(configuration.redisPrefix)
        // A gateway alone only reads: a replica is enough, and no database tells it its deployment.
        let writes = roles.write
        redisConfiguration.requiresPrimary = writes
        fitness = RedisFitness(
            configuration: redisConfiguration, writes: writes, answers: configuration.answers(roles))
        mayConnect = Latch(isOpen: !writes)
        deploymentIsKnown = Latch(isOpen: !writes)
        startsWithoutDatabase = roles.contains(.api)
        let peers = RedisPeers()
        redis = try RedisClient(
            configuration: redisConfiguration, eventLoopGroup: group, scripts: writes ? Scripts.all : Scripts.reading,
            questions: fitness.questions, peers: peers, logger: logger)
        blocking =
            roles.contains(.persister)
            ? try RedisClient(
                configuration: Self.blockingConfiguration(redisConfiguration), eventLoopGroup: group, connections: 1,
                questions: fitness.identityQuestions, peers: peers, logger: logger) : nil
        let postgres = configuration.postgresURL?.reveal()
        let ofPersister = roles.contains(.persister) ? postgres : nil
        func opened(_ url: String?, _ make: (String) -> PostgresConfiguration) throws -> PostgresPool? {
            try url.map { try PostgresPool(configuration: make($0), logger: logger) }
        }
        pool = try opened(postgres) { Self.poolConfiguration(url: $0, configuration) }
        session = try opened(ofPersister, Self.sessionConfiguration)
        sessionTest = ofPersister.map { SessionTest(Self.sessionConfiguration(url: $0), logger: logger) }
        audit = try opened(roles.isDisjoint(with: [.api, .accounts, .play]) ? nil : postgres, Self.auditConfiguration)
        archive = try opened(ofPersister, Self.archiveConfiguration)
        rebuild = try opened(ofPersister, Self.rebuildConfiguration)
        months = try opened(ofPersister, Self.monthsConfiguration)
        erasures = try opened(ofPersister, Self.erasuresConfiguration)
        let isAudited = configuration[AuditSettings.self].schedule != nil
        scheduledAudit = try opened(isAudited ? ofPersister : nil, PostgresConfiguration.forAudits)

        writeSettings = WriteSettings(
            partitioning: partitioning, rateLimit: configuration.rateLimit,
            actionMaxAge: configuration.actionMaxAge, actionSkew: configuration.actionSkew)
        writer = RedisScoreStore(redis: redis, settings: writeSettings)
        reader = RedisLeaderboardReader(redis: redis, partitioning: partitioning)
        boards = RedisBoardStore(redis: redis, partitioning: partitioning)
        sealer = RedisPeriodSealer(redis: redis, partitioning: partitioning)
        outbox = RedisOutbox(
            redis: redis, blocking: blocking ?? redis, partitioning: partitioning,
            clock: roles.contains(.api)
                ? .init(actionMaxAge: configuration.actionMaxAge, now: WallClock.milliseconds) : nil)
        catalogue = RedisCatalogue(redis: redis, partitioning: partitioning)
        feed =
            roles.contains(.gateway)
            ? try RedisTopFeed(
                configuration: Self.feedConfiguration(redisConfiguration), partitioning: partitioning,
                eventLoop: group.next(), questions: fitness.identityQuestions, peers: peers, logger: logger)
            : nil
    }

    /// Returns the configuration of the persister's own connection to Redis, whose reads block.
    private static func blockingConfiguration(_ configuration: RedisConfiguration) -> RedisConfiguration {
        var blocking = configuration
        blocking.clientName = "scorecast-persister"
        blocking.commandTimeout = .seconds(blockingTimeoutSeconds)
        return blocking
    }

    /// Returns the configuration of the connection on which a gateway subscribes.
    private static func feedConfiguration(_ configuration: RedisConfiguration) -> RedisConfiguration {
        var feed = configuration
        feed.clientName = "scorecast-gateway"
        return feed
    }

    /// Returns the configuration of the pool that most of the node uses.
    private static func poolConfiguration(
        url: String, _ configuration: NodeConfiguration
    ) -> PostgresConfiguration {
        var main = PostgresConfiguration(url: url)
        main.poolSize = configuration.postgresPool
        return main
    }

    /// Returns the configuration of the one connection that holds the persister's leases.
    private static func sessionConfiguration(url: String) -> PostgresConfiguration {
        var single = PostgresConfiguration(url: url)
        single.poolSize = 1
        single.poolName = "persister"
        // The leases are used about once a second, and others take them after `LeaseWatch.silenceMax`. This bound also
        // holds if no other node stands by.
        single.silenceTimeout = .seconds(6)
        return single
    }

    /// Returns a configuration of one connection with short timeouts: only the stop of a node waits for the audit.
    private static func auditConfiguration(url: String) -> PostgresConfiguration {
        var configuration = PostgresConfiguration(url: url)
        configuration.poolSize = 1
        configuration.poolName = "audit"
        configuration.connectTimeout = .seconds(1)
        configuration.acquireTimeout = .seconds(1)
        configuration.statementTimeout = .seconds(2)
        configuration.responseGrace = .milliseconds(500)
        return configuration
    }

    /// Returns the configuration of the connections that archive periods. Archives of many partitions wait for each
    /// other.
    private static func archiveConfiguration(url: String) -> PostgresConfiguration {
        var configuration = PostgresConfiguration(url: url)
        configuration.poolSize = 2
        configuration.poolName = "archive"
        // The locks of a node that stopped must not delay the one that took over.
        configuration.idleInTransactionTimeout = .seconds(6)
        configuration.acquireTimeout = .seconds(60)
        return configuration
    }

    /// Returns the configuration of the one connection that reads for a rebuild.
    private static func rebuildConfiguration(url: String) -> PostgresConfiguration {
        var configuration = PostgresConfiguration(url: url)
        configuration.poolSize = 1
        configuration.poolName = "rebuild"
        return configuration
    }

    /// Returns the configuration of the one connection that makes and drops the months of the ledger.
    private static func monthsConfiguration(url: String) -> PostgresConfiguration {
        var configuration = PostgresConfiguration(url: url)
        configuration.poolSize = 1
        configuration.poolName = "months"
        configuration.statementTimeout = .seconds(600)
        return configuration
    }

    /// Returns the configuration of the one connection that works on the deletions of users.
    private static func erasuresConfiguration(url: String) -> PostgresConfiguration {
        var configuration = PostgresConfiguration(url: url)
        configuration.poolSize = 1
        configuration.poolName = "deletions"
        // A node that was stopped must neither hold locks nor the lease for long. It uses the lease once a second.
        configuration.idleInTransactionTimeout = .seconds(6)
        configuration.silenceTimeout = .seconds(15)
        return configuration
    }

    /// Returns the services that must run first: the checks of Redis, and the client that most of the node uses.
    func services(logger: Logger) -> [any Service] {
        var services: [any Service] = [RedisGuard(fitness: fitness, redis: redis, logger: logger), deferred(redis)]
        if let pool, fitness.needsDeployment {
            let deployment = PostgresDeployment(pool: pool)
            services.append(
                DeploymentReader(
                    deployment: deployment, fitness: fitness, redis: redis, known: deploymentIsKnown,
                    mayConnect: mayConnect, startsWithoutDatabase: startsWithoutDatabase, trouble: deploymentTrouble,
                    logger: logger))
        }
        return services
    }

    /// Wraps a service that connects to Redis, so that it starts when connections may be made.
    func deferred(_ service: any Service) -> any Service {
        Deferred(latch: mayConnect, service: service)
    }

    /// Wraps a service that uses both stores as soon as it starts, so that it starts when Redis is connected and
    /// Postgres has told which deployment this is.
    func afterStores(_ service: any Service) -> any Service {
        Deferred(latch: deploymentIsKnown, redis: redis, service: service)
    }

    /// Takes deleted users out of Redis.
    var erasureHub: RedisErasureHub { RedisErasureHub(redis: redis, partitioning: partitioning) }

    /// Returns a condition that holds when a step over both stores is done. The step waits like `afterStores`.
    func settled(_ step: @escaping @Sendable () async throws -> Bool) -> SettleCondition {
        { [deploymentIsKnown] in
            guard deploymentIsKnown.isOpen else { return false }
            return (try? await step()) ?? false
        }
    }

    /// The writer that waits for the ledger; nil on a node without Postgres.
    func persistedWriter() -> PersistedScoreWriter? {
        pool.map {
            PersistedScoreWriter(
                writer: writer, outbox: outbox, ledger: PostgresLedger(session: $0), partitioning: partitioning)
        }
    }

    /// Returns the reason why a part is not ready, or, if a store is away, the store: that is what has to be mended.
    ///
    /// - Parameter needsDatabase: whether the part does nothing without Postgres.
    func explained(_ reason: String?, needsDatabase: Bool = false) -> String? {
        guard let reason else { return nil }
        if !redis.isConnected || needsDatabase, let trouble = deploymentTrouble.withLockedValue({ $0 }) {
            return trouble.rawValue
        }
        let isAway = !redis.isConnected && fitness.report.refusal == nil
        return isAway ? StoreError.Trouble.redisAway.rawValue : reason
    }

    /// Stops the threads of the pools.
    func shutdown() async {
        let pools = [pool, session, audit, archive, rebuild, months, erasures, scheduledAudit]
        for pool in pools.compactMap({ $0 }) { _ = await pool.shutdown() }
    }
}
