import API
import Basics
import Leaderboard
import Logging
import NIOCore
import NIOPosix
import PostgresClient
import RedisClient
import ServiceLifecycle
import Settings
import Storage

/// The connections of one node to Redis and Postgres, and the ports on them.
struct Stores {
    let redis: RedisClient
    /// What is asked of Redis before a connection is used.
    let fitness: RedisFitness
    /// Opens when connections to Redis may be made.
    let mayConnect: Latch
    let blocking: RedisClient?
    let pool: PostgresPool?
    let session: PostgresPool?
    /// For the audit alone, so that it never takes a connection from what clients wait for. API nodes have it.
    let audit: PostgresPool?
    let writer: RedisScoreStore
    let reader: RedisLeaderboardReader
    let outbox: RedisOutbox
    let catalogue: RedisCatalogue
    let feed: RedisTopFeed?
    let partitioning: Partitioning

    /// How long the persister's reads may wait in Redis, with room for the reply.
    private static let blockingTimeoutSeconds: Int64 = 5

    init(_ configuration: NodeConfiguration, roles: NodeRoles, group: MultiThreadedEventLoopGroup, logger: Logger)
        throws
    {
        guard let url = configuration.redisURL?.reveal() else { throw NodeError.missing("SCORECAST_REDIS_URL") }
        partitioning = Partitioning(count: configuration.partitions)
        var redisConfiguration = try RedisConfiguration(url: url)
        redisConfiguration.commandTimeout = TimeAmount(configuration.redisTimeout)
        redisConfiguration.setKeyPrefix(configuration.redisPrefix)
        // A gateway alone only reads, which a replica serves as well, and has no database to know its deployment from.
        let writes = roles.contains(.api) || roles.contains(.persister)
        redisConfiguration.requiresPrimary = writes
        let fitness = RedisFitness(configuration: redisConfiguration, writes: writes)
        self.fitness = fitness
        mayConnect = Latch(isOpen: !writes)
        let peers = RedisPeers()
        redis = try RedisClient(
            configuration: redisConfiguration, eventLoopGroup: group, scripts: Scripts.all,
            questions: fitness.questions, peers: peers, logger: logger)

        var blockingConfiguration = redisConfiguration
        blockingConfiguration.clientName = "scorecast-persister"
        blockingConfiguration.commandTimeout = .seconds(Self.blockingTimeoutSeconds)
        blocking =
            roles.contains(.persister)
            ? try RedisClient(
                configuration: blockingConfiguration, eventLoopGroup: group, connections: 1,
                questions: fitness.identityQuestions, peers: peers, logger: logger) : nil

        if let url = configuration.postgresURL?.reveal() {
            var main = PostgresConfiguration(url: url)
            main.poolSize = configuration.postgresPool
            pool = try PostgresPool(configuration: main, logger: logger)
            var single = PostgresConfiguration(url: url)
            single.poolSize = 1
            single.poolName = "persister"
            session = roles.contains(.persister) ? try PostgresPool(configuration: single, logger: logger) : nil
            audit =
                roles.contains(.api)
                ? try PostgresPool(configuration: Self.auditConfiguration(url: url), logger: logger) : nil
        } else {
            pool = nil
            session = nil
            audit = nil
        }

        writer = RedisScoreStore(
            redis: redis,
            settings: WriteSettings(
                partitioning: partitioning,
                rateLimit: configuration.rateLimit, actionMaxAge: configuration.actionMaxAge,
                actionSkew: configuration.actionSkew))
        reader = RedisLeaderboardReader(redis: redis, partitioning: partitioning)
        outbox = RedisOutbox(
            redis: redis, blocking: blocking ?? redis, partitioning: partitioning,
            clock: roles.contains(.api)
                ? .init(actionMaxAge: configuration.actionMaxAge, now: WallClock.milliseconds) : nil)
        catalogue = RedisCatalogue(redis: redis, partitioning: partitioning)
        var feedConfiguration = redisConfiguration
        feedConfiguration.clientName = "scorecast-gateway"
        feed =
            roles.contains(.gateway)
            ? try RedisTopFeed(
                configuration: feedConfiguration, partitioning: partitioning, eventLoop: group.next(),
                questions: fitness.identityQuestions, peers: peers, logger: logger)
            : nil
    }

    /// One connection with short waits: nobody waits for the audit, but the stop of a node.
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

    /// What has to run first: what looks after Redis, and the client that most of the node uses.
    func services(logger: Logger) -> [any Service] {
        var services: [any Service] = [RedisGuard(fitness: fitness, redis: redis, logger: logger), deferred(redis)]
        if let pool, fitness.needsDeployment {
            let deployment = PostgresDeployment(pool: pool)
            services.append(
                DeploymentReader(deployment: deployment, fitness: fitness, known: mayConnect, logger: logger))
        }
        return services
    }

    /// A service that makes connections to Redis, from the moment on when it may.
    func deferred(_ service: any Service) -> any Service {
        Deferred(latch: mayConnect, service: service)
    }

    /// A service that begins its work with Redis at once.
    func afterRedis(_ service: any Service) -> any Service {
        Deferred(latch: mayConnect, redis: redis, service: service)
    }

    /// The writer that waits for the ledger; nil without a Postgres.
    func persistedWriter() -> PersistedScoreWriter? {
        pool.map {
            PersistedScoreWriter(
                writer: writer, outbox: outbox, ledger: PostgresLedger(session: $0), partitioning: partitioning)
        }
    }

    /// Ends the threads of the pools.
    func shutdown() async {
        for pool in [pool, session, audit].compactMap({ $0 }) { _ = await pool.shutdown() }
    }
}
