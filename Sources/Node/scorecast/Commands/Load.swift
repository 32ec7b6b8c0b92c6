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
        abstract: "Puts a deployment under load, and proves that every point counted once and every watcher got it.",
        discussion: """
            Sends the updates of a scenario through the public API, follows the board with as many watchers, and holds \
            what the board says at last against what clients were told. Needs the deployment's SCORECAST_JWT_SECRET \
            and SCORECAST_ACTION_KEYS. Exits with 1 when a proof or a threshold fails, with 130 after Ctrl-C. Runs only \
            against this machine's loopback and hosts that you say are yours.

            Examples:
              scorecast load --scenario scenarios/smoke.json --url http://127.0.0.1:8080
              scorecast load --scenario scenarios/many-watchers.json --url http://api1:8080 --url http://api2:8080 \
            --watch-url ws://gateway1:8080 --yes-this-is-mine api1 --yes-this-is-mine api2 --yes-this-is-mine gateway1 \
            --report report.json --html report.html
              scorecast load --scenario scenarios/smoke.json --url http://127.0.0.1:8080 --compare report.json
            """
    )

    @Option(help: "The scenario, a JSON file.")
    var scenario: String

    @Option(help: "An API node; may be given several times.")
    var url: [String]

    @Option(help: "Where watchers connect, where gateways are other nodes; may be given several times.")
    var watchURL: [String] = []

    @Option(help: "Writes the report as JSON to this file, too; it is emptied before the run.")
    var report: String?

    @Option(help: "Writes the report as one HTML page with plots to this file, too; it is emptied before the run.")
    var html: String?

    @Option(help: "An earlier JSON report: figures of both are shown side by side.")
    var compare: String?

    @Option(help: "By which share a figure may be worse than in the report to compare with, 0 to 10.")
    var tolerance = 0.1

    @Flag(help: "Exits with 1, too, when a figure is worse than that by more.")
    var failIfWorse = false

    @Option(
        name: .customLong("yes-this-is-mine"),
        help: ArgumentHelp(
            "A host of --url or --watch-url that is not this machine's loopback, as it stands there; may be given "
                + "several times.", valueName: "host"))
    var owned: [String] = []

    @Option(help: "Another seed than the scenario's.")
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
        let configuration = try await Shell.configuration(
            environment: try folder.environment(), requiring: [.tokenSigning, .actionKeys])
        let issuer = try CredentialIssuer(configuration)
        let credentials = LoadCredentials(
            token: { sub, isAdmin, lifetime in
                try await issuer.token(
                    sub: sub, role: isAdmin ? .admin : .player,
                    lifetimeMilliseconds: Int64(lifetime / .milliseconds(1)))
            },
            actionID: { try issuer.actionID(user: $0, action: $1, score: $2) })
        // A socket for each watcher.
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

    /// What cannot be used is an error of usage; nothing was sent then.
    private func usable<Result>(_ body: () throws(LoadError) -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// Opens a file for the report before the run, which would be in vain without one.
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
