import LocalServers
import Synchronization
import TestSupport
import Testing

/// A deployment whose nodes and stores are broken by faults: nodes as processes, and a `FaultProxy` on the way of each
/// role to each store.
final class FaultDeployment: Sendable {
    /// The parts of a deployment.
    struct Plan: Sendable {
        /// `SCORECAST_ACK`
        var acknowledgement = "persisted"
        var durability = LocalRedis.Durability.everySecond
        /// The nodes of each role.
        var counts: [Fault.Role: Int] = [.api: 2, .gateway: 1, .persister: 2]
        /// Whether nodes reach the stores through proxies, which cost time.
        var hasProxies = true
        var redisArguments: [String] = []
        var redisEnvironment: [String: String] = [:]
    }

    let cluster: Cluster
    let plan: Plan
    let timeline = FaultTimeline()
    let nodes: [FaultNode]
    let proxies: [FaultPath: FaultProxy]
    private let current: Mutex<LocalRedis>

    /// The way of a role to a store.
    struct FaultPath: Hashable, Sendable {
        var role: Fault.Role
        var store: Fault.Store
    }

    /// The actions and their points. `both` counts on two boards of a group.
    static let actions: [FaultAction] = [
        FaultAction(id: "hit", points: 3, boards: ["race"]), FaultAction(id: "goal", points: 7, boards: ["arena"]),
        FaultAction(id: "both", points: 2, boards: ["arena", "duel"]),
    ]
    /// An action for a large board.
    static let filling = FaultAction(id: "fill", points: 11, boards: ["large"])
    /// The windows of each board but `large`, which has `all` alone.
    static let windows = ["all", "daily", "weekly", "monthly"]

    private init(
        _ cluster: Cluster, _ plan: Plan, nodes: [FaultNode], proxies: [FaultPath: FaultProxy]
    ) {
        self.cluster = cluster
        self.plan = plan
        self.nodes = nodes
        self.proxies = proxies
        current = Mutex(cluster.redis)
    }

    /// Runs a body on a deployment with all nodes ready and the boards made.
    static func run(
        _ plan: Plan = Plan(), isolation: isolated (any Actor)? = #isolation,
        _ body: (FaultDeployment) async throws -> Void
    ) async throws {
        var inner = Cluster.Plan()
        (inner.apis, inner.gateways, inner.persisters) = (1, 0, 0)
        inner.durability = plan.durability
        inner.redisArguments = plan.redisArguments
        inner.redisEnvironment = plan.redisEnvironment
        inner.environment = ["SCORECAST_ACK": plan.acknowledgement]
        try await Cluster.run(inner) { cluster in
            try await makeBoards(cluster)
            await cluster.apis.first?.kill()
            var proxies: [FaultPath: FaultProxy] = [:]
            for role in Fault.Role.allCases where plan.hasProxies {
                for store in Fault.Store.allCases {
                    proxies[FaultPath(role: role, store: store)] = try await .start(
                        to: store == .redis ? cluster.redis.port : cluster.postgres.port)
                }
            }
            let nodes = try Fault.Role.allCases.flatMap { role in
                try (0..<plan.counts[role, default: 0]).map { _ in
                    try FaultNode(role, environment: environment(of: cluster, role, proxies))
                }
            }
            let deployment = FaultDeployment(cluster, plan, nodes: nodes, proxies: proxies)
            try await withCleanUp {
                for node in nodes { try node.start() }
                try await deployment.everythingIsUp(within: .seconds(60))
                try await body(deployment)
            } then: {
                await deployment.stop()
            }
        }
    }

    private static func makeBoards(_ cluster: Cluster) async throws {
        let names: JSON = ["windows": .array(windows.map { .string($0) })]
        let pit: JSON = ["windows": .array(windows.map { .string($0) }), "group": "pit"]
        try await cluster.makeBoard("race", names.text)
        for board in ["arena", "duel"] { try await cluster.makeBoard(board, pit.text) }
        try await cluster.makeBoard("large")
        for action in actions + [filling] {
            try await cluster.makeAction(action.id, points: action.points, on: action.boards)
        }
        try await cluster.boardsArePublished()
    }

    private static func environment(
        of cluster: Cluster, _ role: Fault.Role, _ proxies: [FaultPath: FaultProxy]
    ) -> [String: String] {
        var environment = cluster.environment
        let names: [Fault.Store: (String, Int)] = [
            .redis: ("SCORECAST_REDIS_URL", cluster.redis.port),
            .postgres: ("SCORECAST_POSTGRES_URL", cluster.postgres.port),
        ]
        for (store, (name, port)) in names {
            guard let proxy = proxies[FaultPath(role: role, store: store)] else { continue }
            environment[name] = environment[name]?.replacing("127.0.0.1:\(port)", with: "127.0.0.1:\(proxy.port)")
        }
        return environment
    }

    /// The Redis that is the primary now.
    var redis: LocalRedis {
        get { current.withLock { $0 } }
        set { current.withLock { $0 = newValue } }
    }

    var postgres: LocalPostgres { cluster.postgres }
    /// Reads the present Redis directly.
    var probe: RedisProbe { RedisProbe(port: redis.port) }
    /// Reads Postgres directly.
    var ledger: PostgresProbe { cluster.ledger }
    /// The ports of the API nodes.
    var apis: [Int] { nodes.filter { $0.role == .api }.map(\.port) }

    /// The nodes of a role.
    func nodes(_ role: Fault.Role) -> [FaultNode] { nodes.filter { $0.role == role } }

    /// Waits until all nodes are ready, and each partition is open on the present Redis.
    func everythingIsUp(within time: Duration) async throws {
        try await eventually("everything is up again", timeout: time, every: .milliseconds(50)) {
            for node in nodes where !(await node.isReady) {
                throw NotUp(text: "\(node.role.rawValue): \(await node.readiness)\n\(node.log)")
            }
            let closed = try await partitions().filter { !$0.isOpen }
            guard closed.isEmpty else { throw NotUp(text: "closed: \(closed)") }
            return true
        }
    }

    /// A part that is not up.
    struct NotUp: Error {
        var text: String
    }

    private func stop() async {
        await withTaskGroup(of: Void.self) { group in
            for node in nodes { group.addTask { await node.kill() } }
        }
        for proxy in proxies.values { await proxy.stop() }
        if redis !== cluster.redis { await redis.stop() }
    }
}

/// An action of a fault run.
struct FaultAction: Sendable {
    var id: String
    var points: Int64
    var boards: [String]
}
