import Administration
import ArgumentParser

/// `scorecast doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Runs the checks of 'check', then connects to Redis and Postgres and says what is wrong there.",
        discussion: """
            Examines versions, roles (no replica), settings, rights, clocks and missing migrations, and whether \
            the port is free. It changes nothing. Exits with 0 if a node would work, with 78 if the configuration is \
            wrong, and with 1 if anything else is.

            Examples:
              scorecast doctor
              scorecast doctor --roles gateway
            """
    )

    @Option(help: "The roles of the node: api, gateway, persister, accounts, separated by commas.")
    var roles = "api,gateway,persister"

    func run() async throws {
        let roles = try Shell.roles(self.roles)
        let configuration = try await Shell.configuration(roles: roles)
        print(Finding(subject: "configuration", verdict: .good, text: "usable for \(roles)"))
        let findings = await Doctor(configuration, roles: roles).findings()
        for finding in findings { print(finding) }
        let wrong = findings.filter { $0.verdict == .bad }.count
        guard wrong == 0 else {
            print(wrong == 1 ? "1 thing is wrong." : "\(wrong) things are wrong.")
            throw ExitCode.failure
        }
        print("A node would work.")
    }
}
