import LocalServers
import Synchronization
import TestSupport
import Testing

/// A deployment as an operator would run it: a Redis, a Postgres, and a process for each node.
final class Cluster: Sendable {
    /// The parts of a deployment to start.
    struct Plan: Sendable {
        var apis = 2
        var gateways = 2
        var persisters = 1
        /// `SCORECAST_RATE_LIMIT`
        var rateLimit = "off"
        var durability = LocalRedis.Durability.everySecond
        /// Additional arguments for redis-server.
        var redisArguments: [String] = []
        /// Additional variables for redis-server.
        var redisEnvironment: [String: String] = [:]
        var credentials = Credentials()
        /// Additional settings of every node.
        var environment: [String: String] = [:]
    }

    let redis: LocalRedis
    let postgres: LocalPostgres
    let credentials: Credentials
    let environment: [String: String]
    private let processes = Mutex<[(roles: String, process: ScorecastProcess)]>([])

    /// The actions of the catalogue and their points.
    static let points: [String: Int64] = ["kill": 5, "assist": 2, "capture": 25]

    private init(redis: LocalRedis, postgres: LocalPostgres, plan: Plan) {
        self.redis = redis
        self.postgres = postgres
        credentials = plan.credentials
        environment = [
            "SCORECAST_REDIS_URL": redis.url, "SCORECAST_POSTGRES_URL": postgres.url,
            "SCORECAST_RATE_LIMIT": plan.rateLimit, "SCORECAST_LOG_FORMAT": "text",
        ].merging(plan.credentials.environment) { $1 }.merging(plan.environment) { $1 }
    }

    /// Runs a test on its own deployment, with all nodes ready and the catalogue filled, and stops it afterwards.
    static func run<Result>(
        _ plan: Plan = Plan(), isolation: isolated (any Actor)? = #isolation,
        _ body: (Cluster) async throws -> Result
    ) async throws -> Result {
        let arguments = ["--enable-debug-command", "local"] + plan.redisArguments
        return try await withPrivateRedis(
            durability: plan.durability, extraArguments: arguments, environment: plan.redisEnvironment
        ) { redis in
            try await withPrivatePostgres { postgres in
                let cluster = Cluster(redis: redis, postgres: postgres, plan: plan)
                do {
                    try await cluster.start(plan)
                    let result = try await body(cluster)
                    await cluster.stop()
                    return result
                } catch {
                    await cluster.stop()
                    throw error
                }
            }
        }
    }

    private func start(_ plan: Plan) async throws {
        let migration = try await ScorecastProcess.run(["migrate"], environment: environment)
        try #require(migration.code == 0, "\(migration.errors)")
        try await startNode("api")
        let admin = credentials.token("admin", role: "admin")
        for (action, points) in Self.points {
            let answer = try await put(
                "/actions/\(action)", #"{"points":\#(points),"boards":["global"]}"#, token: admin)
            try #require(answer.status == 201, "\(answer.text)")
        }
        let race = #"{"points":0,"boards":["global"],"submits_score":true,"min_score":10,"max_score":1000}"#
        try #require(try await put("/actions/race", race, token: admin).status == 201)
        if environment["SCORECAST_REDIS_PREFIX"] == nil { try await boardsArePublished() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let more = [("api", plan.apis - 1), ("gateway", plan.gateways), ("persister", plan.persisters)]
            for (role, count) in more {
                for _ in 0..<count { group.addTask { try await self.startNode(role) } }
            }
            try await group.waitForAll()
        }
    }

    /// Starts one more node and waits until it is ready.
    ///
    /// - Parameters:
    ///   - more: settings that differ from those of the deployment.
    ///   - port: the node's port; by default a free one.
    @discardableResult
    func startNode(
        _ roles: String, with more: [String: String] = [:], port: Int? = nil
    ) async throws -> ScorecastProcess {
        let process = try await ScorecastProcess.start(
            ["serve", "--roles", roles], environment: environment.merging(more) { $1 }, port: port)
        processes.withLock { $0.append((roles, process)) }
        return process
    }

    private func stop() async {
        let all = processes.withLock { $0.map(\.process) }
        await withTaskGroup(of: Void.self) { group in
            for process in all { group.addTask { await process.kill() } }
        }
    }

    private func nodes(_ roles: String) -> [ScorecastProcess] {
        processes.withLock { $0.filter { $0.roles == roles && $0.process.isRunning }.map(\.process) }
    }

    /// The running nodes with exactly these roles, in the order of their start.
    func nodes(withRoles roles: String) -> [ScorecastProcess] { nodes(roles) }

    /// Returns the roles of a node.
    func roles(of node: ScorecastProcess) -> String {
        processes.withLock { $0.first { $0.process === node }?.roles ?? "" }
    }

    /// The running API nodes, in the order of their start.
    var apis: [ScorecastProcess] { nodes("api") }
    /// The running gateways.
    var gateways: [ScorecastProcess] { nodes("gateway") }
    /// The running persisters.
    var persisters: [ScorecastProcess] { nodes("persister") }

    /// Reads Redis directly.
    var probe: RedisProbe { RedisProbe(port: redis.port) }
    /// Reads Postgres directly.
    var ledger: PostgresProbe { PostgresProbe(url: postgres.url) }

    // MARK: Requests

    /// Returns the port of an API node.
    func port(_ index: Int = 0) throws -> Int {
        let ports = apis.map(\.port)
        try #require(!ports.isEmpty, "no API node runs")
        return ports[index % ports.count]
    }

    /// Posts an update as a client would.
    ///
    /// - Parameters:
    ///   - id: the action id; by default a new one.
    ///   - token: the token; by default the user's own.
    func update(
        _ user: String, _ action: String = "kill", id: String? = nil, newScore: Int64? = nil, token: String? = nil,
        node: Int = 0
    ) async throws -> TinyHTTP.Response {
        let id = id ?? credentials.actionID(user, action)
        return try await post(
            Update.body(user: user, id: id, newScore: newScore), token: token ?? credentials.token(user), node: node)
    }

    /// Posts any body to `/update-score`.
    func post(_ body: String, token: String?, node: Int = 0) async throws -> TinyHTTP.Response {
        let headers = token.map { [("Authorization", "Bearer \($0)")] } ?? []
        return try await TinyHTTP.post(port: try port(node), "/update-score", json: body, headers: headers)
    }

    /// Gets a target of an API node.
    func get(_ target: String, token: String? = nil, node: Int = 0) async throws -> TinyHTTP.Response {
        let headers = token.map { [("Authorization", "Bearer \($0)")] } ?? []
        return try await TinyHTTP.request(port: try port(node), target, headers: headers)
    }

    /// Puts JSON to a target of an API node.
    func put(_ target: String, _ json: String, token: String?, node: Int = 0) async throws -> TinyHTTP.Response {
        let headers = [("Content-Type", "application/json")] + (token.map { [("Authorization", "Bearer \($0)")] } ?? [])
        return try await TinyHTTP.request("PUT", port: try port(node), target, headers: headers, body: json)
    }
}
