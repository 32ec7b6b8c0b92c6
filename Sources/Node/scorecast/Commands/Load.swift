import Administration
import ArgumentParser
import Foundation
import LoadTest
import Logging
import Node
import Settings
import Signing

/// `scorecast load`
struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Puts a deployment under load, and proves that every point counted once and reached every watcher.",
        discussion: """
            Sends the updates of a scenario through the public API, follows the board with the watchers of the \
            scenario, and compares the final board with the answers that clients got. Needs the deployment's \
            SCORECAST_JWT_SECRET and SCORECAST_ACTION_KEYS. Exits with 1 if a proof or a threshold fails, and with 130 \
            after Ctrl-C. Runs only against this machine's loopback and hosts that you say are yours.

            Examples:
              scorecast load --scenario smoke.json --url http://127.0.0.1:8080
              scorecast load --scenario smoke.json --url http://127.0.0.1:8080 \\
                --compare report.json
              scorecast load --scenario many-watchers.json --report report.json \\
                --url http://api1:8080 --watch-url ws://gateway1:8080 \\
                --yes-this-is-mine api1 --yes-this-is-mine gateway1
            """
    )

    @Option(help: "The scenario, a JSON file.")
    var scenario: String

    @Option(help: "An API node; may be given several times.")
    var url: [String]

    @Option(help: "A gateway that watchers connect to, if gateways are separate nodes; may be given several times.")
    var watchURL: [String] = []

    @Option(help: "Also writes the report to this file, as JSON; it is emptied before the run.")
    var report: String?

    @Option(help: "Also writes the report to this file, as an HTML page with plots; it is emptied before the run.")
    var html: String?

    @Option(help: "An earlier JSON report. The figures of both runs are shown side by side.")
    var compare: String?

    @Option(help: "How much worse a figure may be than in the earlier report, as a fraction of it; 0 to 10.")
    var tolerance = 0.1

    @Flag(help: "Exits with 1 if a figure is worse by more than the tolerance.")
    var failIfWorse = false

    @Option(
        name: .customLong("yes-this-is-mine"),
        help: ArgumentHelp(
            "A host of --url or --watch-url that is not this machine's loopback, written as it is there; may be given "
                + "several times.", valueName: "host"))
    var owned: [String] = []

    @Option(help: "A seed that replaces the scenario's.")
    var seed: UInt64?

    @OptionGroup var folder: DataFolderOptions

    func run() async throws {
        var scenario: Scenario
        do {
            scenario = try ScenarioReader.read(file: self.scenario)
        } catch {
            throw ValidationError("The scenario \(self.scenario) cannot be used.\n\(error)")
        }
        if let seed { scenario.seed = seed }
        let earlier = try compare.map { path in try usable { () throws(LoadError) in try EarlierReport(file: path) } }
        try usable { () throws(LoadError) in try HostPermission.check(url + watchURL, owned: owned) }
        let configuration = try await folder.configuration(requiring: [.tokenSigning, .actionKeys])
        let issuer = try CredentialIssuer(configuration)
        let credentials = LoadCredentials(
            token: { sub, isAdmin, lifetime in
                try await issuer.token(
                    sub: sub, role: isAdmin ? .admin : .player,
                    lifetimeMilliseconds: Int64(lifetime / .milliseconds(1)))
            },
            actionID: { try issuer.actionID(user: $0, action: $1, score: $2) })
        // Each watcher needs a socket.
        OpenFiles.raiseLimit(logger: Logger(label: "scorecast"))
        let harness = try usable { () throws(LoadError) in
            try LoadHarness(
                scenario: scenario, urls: url, watchURLs: watchURL, credentials: credentials,
                openFilesMax: OpenFiles.limit,
                note: Shell.note)
        }
        let reportFile = try report.map { try open($0, option: "--report") }
        let pageFile = try html.map { try open($0, option: "--html") }
        var result = try await harness.run()
        if let earlier { result.compare(with: earlier, tolerance: tolerance, failsIfWorse: failIfWorse) }
        print(result.text)
        try reportFile?.write(contentsOf: Data(result.json + [0x0A]))
        try pageFile?.write(contentsOf: Data(result.html))
        if result.exitCode != 0 { throw ExitCode(result.exitCode) }
    }

    func validate() throws {
        guard (0...10).contains(tolerance) else { throw ValidationError("--tolerance must be 0 to 10, such as 0.1.") }
        if failIfWorse, compare == nil {
            throw ValidationError("--fail-if-worse needs --compare with an earlier report.")
        }
    }

    /// Turns unusable input into an error of usage. Nothing has been sent then.
    private func usable<Result>(_ body: () throws(LoadError) -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// Opens a file for the report before the run, so that a run is not wasted if the report cannot be written.
    private func open(_ path: String, option: String) throws -> FileHandle {
        let file = Foundation.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            throw ValidationError(
                "The report cannot be written to \(path): \(String(cString: strerror(errno))). Give \(option) a file "
                    + "in a folder that exists and that you may write to.")
        }
        return FileHandle(fileDescriptor: file, closeOnDealloc: true)
    }
}
