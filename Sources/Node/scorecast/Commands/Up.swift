import Administration
import ArgumentParser
import FakeAI
import Foundation
import LoadTest
import LocalServers
import Node
import ServiceLifecycle
import Settings

/// `scorecast up`
struct Up: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs everything on this machine: its own Redis and Postgres, and all roles on one port.",
        discussion: """
            Data and keys are kept in the data folder, so the next 'up' continues where this one ended. Ctrl-C ends \
            all of it. Each refused update is printed with the reason.

            Examples:
              scorecast up --demo
              scorecast up --port 9000 --data ~/scorecast
            """
    )

    /// How long to wait for the node before its address is printed all the same. A node that is not ready by then says
    /// why on `/readyz`.
    private static let readyTimeout = Duration.seconds(20)

    @Option(help: "The folder for data and keys.")
    var data = ".scorecast"

    @Option(help: "The port to listen on, instead of SCORECAST_HTTP_PORT; 0 for a free one.")
    var port: Int?

    @Flag(help: "Generates traffic through the public API, so that there is something to watch.")
    var demo = false

    func validate() throws {
        guard port.map({ (0...65_535).contains($0) }) ?? true else {
            throw ValidationError("--port must be 0 to 65535.")
        }
    }

    func run() async throws {
        // A program that reads our output may end first. SIGPIPE must not end us before the servers are stopped.
        signal(SIGPIPE, SIG_IGN)
        try await Interruption.whileStarting { isUp in try await start(isUp) }
    }

    /// - Parameter isUp: called when the node handles signals itself.
    private func start(_ isUp: @escaping @Sendable () -> Void) async throws {
        // Report problems of the settings before anything is created or started.
        let settings = try await Shell.configuration(environment: environment([:], redis: nil, postgres: nil, ai: nil))
        let folder = DataFolder(path: data)
        let claim = try await folder.claim()
        defer { claim.release() }
        try Shell.checkListenAddress(settings)
        let secrets = try folder.secrets()
        Shell.note("Starting Redis and Postgres in \(folder.path) …")
        let redis = try await LocalRedis.start(.init(folder: folder.redis, durability: .always))
        do {
            let postgres = try await LocalPostgres.start(.init(folder: folder.postgres))
            do {
                // It ends with the process.
                let ai = try await demo ? FakeAI.start() : nil
                let variables = environment(secrets, redis: redis.url, postgres: postgres.url, ai: ai?.url)
                try await serve(
                    try await Shell.configuration(environment: variables, roles: .all), folder: folder, isUp)
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

    private func serve(
        _ configuration: NodeConfiguration, folder: DataFolder, _ isUp: @escaping @Sendable () -> Void
    ) async throws {
        let (logger, metrics) = Shell.startTelemetry(configuration)
        _ = try await Database.migrate(configuration)
        try await Database.addStarterActions(configuration)
        try await Database.addStarterPlay(configuration)
        let isAdminNew = try await FirstAdmin.add(configuration) { try folder.adminPassword() }
        let issuer = try CredentialIssuer(configuration)
        let demoStart = DemoTraffic.Start()
        let refused = RefusedUpdateLines.output(for: configuration)
        let node = Node(
            configuration: configuration, roles: .all, metrics: metrics, logger: logger, onRefusal: refused,
            onRunning: { port in
                let url = configuration.localURL(port: port)
                isUp()
                folder.noteAddress(url)
                // The commands of the welcome must work when somebody pastes them.
                _ = await NodeReadiness.wait(for: url, upTo: Self.readyTimeout)
                Shell.note(welcome(url: url, folder: folder, isAdminNew: isAdminNew))
                demoStart.start(url: url)
            })
        defer { folder.noteAddress(nil) }
        let traffic = DemoTraffic(
            start: demoStart, logger: logger, token: { try await issuer.token(sub: $0) },
            actionID: { try issuer.actionID(user: $0, action: $1) })
        try await Shell.run(node, with: demo ? [traffic] : [])
    }

    /// Returns the environment, with the values of `up` itself as defaults. A demo changes scores quickly, so its rate
    /// limit is high, and it has an AI service of its own, which makes its challenges from a few words.
    private func environment(
        _ secrets: [String: String], redis: String?, postgres: String?, ai: String?
    ) -> [String: String] {
        var defaults = secrets
        defaults["SCORECAST_LOG_FORMAT"] = "text"
        defaults["SCORECAST_LOG_LEVEL"] = "warning"
        if demo { defaults["SCORECAST_RATE_LIMIT"] = "600/60s" }
        if let ai { defaults["SCORECAST_AI_URL"] = ai }
        defaults["SCORECAST_ENVIRONMENT"] = DeploymentEnvironment.development.rawValue
        // Elsewhere mail is not printed.
        let isDevelopment =
            Shell.environment(over: defaults)["SCORECAST_ENVIRONMENT"]?.lowercased()
            == DeploymentEnvironment.development.rawValue
        if isDevelopment { defaults["SCORECAST_MAIL_URL"] = "log:" }
        var environment = Shell.environment(over: defaults)
        // `up` runs its own servers, even if the environment names others.
        for (name, url) in [("SCORECAST_REDIS_URL", redis), ("SCORECAST_POSTGRES_URL", postgres)] {
            environment[name] = url
            environment[name + "_FILE"] = nil
        }
        if let port { environment["SCORECAST_HTTP_PORT"] = String(port) }
        return environment
    }

    private func welcome(url: String, folder: DataFolder, isAdminNew: Bool) -> String {
        let program = Shell.quoted(Shell.executable)
        let data = "--data \(Shell.quoted(folder.path))"
        return """

            Scorecast is up.
              live scoreboard   \(url)/
              tasks, challenges \(url)/play
              score updates     POST \(url)/update-score
              health, metrics   \(url)/readyz  \(url)/metrics
              data and keys     \(folder.path)

            In another terminal, from any folder:
              \(program) score u1 kill \(data)
              \(program) token --sub u1 \(data)
              \(program) action --user u1 --action kill \(data)
            \(administrator(url: url, folder: folder, isNew: isAdminNew))
            Ctrl-C ends all of it; the data is kept.
            """
    }

    /// How the administrator logs in, at the first start; where the password is, at later ones. The password itself is
    /// not printed: this output may go to a log.
    private func administrator(url: String, folder: DataFolder, isNew: Bool) -> String {
        let file = Shell.quoted(folder.adminPasswordFile)
        guard isNew else {
            // Somebody else may have made the first administrator.
            guard FileManager.default.fileExists(atPath: folder.adminPasswordFile) else { return "" }
            return "\nThe administrator '\(FirstAdmin.username)' got the password in \(file) at the first start.\n"
        }
        return """

            There is an administrator '\(FirstAdmin.username)'. Its password is in \(file).
            Log in on the page, \(url)/, or with curl:
              curl -s \(url)/auth/login -H 'Content-Type: application/json' \\
                -d "{\\"username\\":\\"\(FirstAdmin.username)\\",\\"password\\":\\"$(cat \(file))\\"}"

            """
    }
}
