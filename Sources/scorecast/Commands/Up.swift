import ArgumentParser
import LoadTest
import LocalServers
import Operations
import ServiceLifecycle

/// `scorecast up`
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs everything on this machine: private Redis and Postgres, and all roles on one port.",
        discussion: """
            Data and keys are kept in the data folder, so the next 'up' goes on where this one ended. Ctrl-C ends all of it.

            Examples:
              scorecast up --demo
              SCORECAST_HTTP_PORT=9000 scorecast up --data /var/lib/scorecast
            """
    )

    @Option(help: "Where data and keys are kept.")
    var data = ".scorecast"

    @Flag(help: "Makes traffic through the public API, so that there is something to watch.")
    var demo = false

    func run() async throws {
        let folder = DataFolder(path: data)
        let secrets = try folder.secrets()
        // Before anything is started: what is wrong with the settings is said at once.
        _ = try await Shell.configuration(environment: environment(secrets, redis: nil, postgres: nil))
        Shell.note("Starting Redis and Postgres in \(folder.path) …")
        let redis = try await LocalRedis.start(.init(folder: folder.redis, durability: .always))
        do {
            let postgres = try await LocalPostgres.start(.init(folder: folder.postgres))
            do {
                try await serve(
                    try await Shell.configuration(
                        environment: environment(secrets, redis: redis.url, postgres: postgres.url), roles: .all),
                    folder: folder)
            } catch {
                await postgres.stop()
                throw error
            }
            await postgres.stop()
        } catch {
            await redis.stop()
            throw error
        }
        await redis.stop()
        Shell.note("Stopped. The data is kept in \(folder.path).")
    }

    private func serve(_ configuration: NodeConfiguration, folder: DataFolder) async throws {
        let (logger, metrics) = Shell.startTelemetry(configuration)
        _ = try await Database.migrate(configuration)
        try await Database.addStarterActions(configuration)
        let mint = try Mint(configuration)
        let demoStart = DemoTraffic.Start()
        let node = Node(configuration: configuration, roles: .all, metrics: metrics, logger: logger) { port in
            Shell.note(welcome(port: port, folder: folder))
            demoStart.start(port: port)
        }
        let traffic = DemoTraffic(
            start: demoStart, logger: logger, token: { try await mint.token(sub: $0) },
            actionID: { try mint.actionID(user: $0, action: $1) })
        try await Shell.run(node, with: demo ? [traffic] : [])
    }

    /// The environment over what `up` makes itself. Scores move briskly in a demo, so its rate limit is wide.
    private func environment(_ secrets: [String: String], redis: String?, postgres: String?) -> [String: String] {
        var defaults = secrets
        defaults["SCORECAST_LOG_FORMAT"] = "text"
        defaults["SCORECAST_LOG_LEVEL"] = "warning"
        if demo { defaults["SCORECAST_RATE_LIMIT"] = "600/60s" }
        var environment = Shell.environment(over: defaults)
        // `up` runs its own servers, whatever the environment says of others.
        for (name, url) in [("SCORECAST_REDIS_URL", redis), ("SCORECAST_POSTGRES_URL", postgres)] {
            environment[name] = url
            environment[name + "_FILE"] = nil
        }
        return environment
    }

    private func welcome(port: Int, folder: DataFolder) -> String {
        """

        Scorecast is up.
          live scoreboard   http://127.0.0.1:\(port)/
          score updates     POST http://127.0.0.1:\(port)/update-score
          health, metrics   http://127.0.0.1:\(port)/readyz  /metrics
          data and keys     \(folder.path)

        Make a token and an action id:  scorecast token --sub u1    scorecast action --user u1 --action kill
        Ctrl-C ends all of it; the data is kept.
        """
    }
}
