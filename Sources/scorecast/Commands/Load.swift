import ArgumentParser
import Foundation
import LoadTest
import Logging
import Operations
import Signing

/// `scorecast load`
struct Load: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Puts a deployment under load, and proves that every point counted once and every watcher got it.",
        discussion: """
            Sends the updates of a scenario through the public API, follows the board with as many watchers, and holds what \
            the board says at last against what clients were told. Needs the deployment's SCORECAST_JWT_SECRET and \
            SCORECAST_ACTION_KEYS. Exits with 1 when a proof or a threshold fails, with 130 after Ctrl-C.

            Examples:
              scorecast load --scenario scenarios/smoke.json --url http://127.0.0.1:8080
              scorecast load --scenario scenarios/many-watchers.json --url http://api1:8080 --url http://api2:8080 \
            --watch-url ws://gateway1:8080 --report report.json
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
        let configuration = try await Shell.configuration(
            environment: try folder.environment(), requiring: [.tokenSigning, .actionKeys])
        let mint = try Mint(configuration)
        let credentials = LoadCredentials(
            token: { sub, isAdmin, lifetime in
                try await mint.token(
                    sub: sub, role: isAdmin ? .admin : .player,
                    lifetimeMilliseconds: Int64(lifetime / .milliseconds(1)))
            },
            actionID: { try mint.actionID(user: $0, action: $1) })
        let harness: LoadHarness
        do {
            harness = try LoadHarness(
                scenario: scenario, urls: url, watchURLs: watchURL, credentials: credentials, note: Shell.note)
        } catch {
            throw ValidationError(error.description)
        }
        // A socket for each watcher.
        OpenFiles.raiseLimit(logger: Logger(label: "scorecast"))
        let reportFile = try report.map(openReport)
        let result = try await harness.run()
        print(result.text)
        try reportFile?.write(contentsOf: Data(result.json + [0x0A]))
        if result.exitCode != 0 { throw ExitCode(result.exitCode) }
    }

    /// Opens the file for the report before the run, which would be in vain without one.
    private func openReport(_ path: String) throws -> FileHandle {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            throw ValidationError(
                "The report cannot be written to \(path): \(String(cString: strerror(errno))). Give --report a file in a "
                    + "folder that exists and that you may write to.")
        }
        return FileHandle(fileDescriptor: file, closeOnDealloc: true)
    }
}
