import ArgumentParser
import Keys
import Settings

/// `scorecast check`
struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Validates the configuration and says all that is wrong with it at once.",
        discussion: """
            Prints the settings in force without secrets. If there are problems, it prints all of them and exits with \
            78. A key set in a file is read and has to be usable; one at a URL is not fetched.

            Examples:
              scorecast check
              SCORECAST_CONFIG=/etc/scorecast.yaml scorecast check --roles gateway
            """
    )

    @Option(help: "The roles of the node: api, gateway, persister, accounts, separated by commas.")
    var roles = "api,gateway,persister"

    func run() async throws {
        let roles = try Shell.roles(self.roles)
        let configuration = try await Shell.configuration(roles: roles)
        print(configuration.describe())
        if let keySet = try await KeySetSummary.text(of: configuration) { print(keySet) }
        for warning in configuration.warnings { Shell.note("Warning: \(warning)") }
        print("The configuration is usable for \(roles).")
    }
}
