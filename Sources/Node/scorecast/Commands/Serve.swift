import ArgumentParser
import Logging
import Node

/// `scorecast serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs one node of a deployment, on the Redis and Postgres of its configuration.",
        discussion: """
            Roles: api takes score updates and serves reads, gateway pushes top lists to watchers, persister carries \
            every update to Postgres. A node can have one role or several. Start as many nodes of each as you need.

            Examples:
              scorecast migrate && scorecast serve
              SCORECAST_HTTP_PORT=8081 scorecast serve --roles gateway
            """
    )

    @Option(help: "The node's roles: api, gateway, persister, accounts, separated by commas.")
    var roles = "api,gateway,persister"

    func run() async throws {
        let roles = try Shell.roles(self.roles)
        let configuration = try await Shell.configuration(roles: roles)
        try Shell.checkListenAddress(configuration)
        let (logger, metrics) = Shell.startTelemetry(configuration)
        let node = Node(
            configuration: configuration, roles: roles, metrics: metrics, logger: logger, onRefusal: nil,
            onRunning: { port in
                logger.notice(
                    "Listening",
                    metadata: [
                        "port": "\(port)", "roles": "\(roles)", "version": "\(Release.version)",
                        "commit": "\(Release.commit)",
                    ])
            })
        try await Shell.run(node)
    }
}
