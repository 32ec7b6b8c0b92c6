import ArgumentParser
import Foundation
import LocalServers
import Logging
import Metrics
import Node
import ServiceLifecycle
import Settings
import Telemetry

/// The parts that commands share: the process's environment and the output to the terminal.
enum Shell {
    /// The environment of the process, without empty variables: they count as not set.
    static var environment: [String: String] { EnvironmentVariables.set(in: ProcessInfo.processInfo.environment) }

    /// Returns the environment with defaults. A default is left out if the environment sets the variable or the name of
    /// a file for it (`<name>_FILE`).
    static func environment(over defaults: [String: String]) -> [String: String] {
        EnvironmentVariables.set(in: ProcessInfo.processInfo.environment, over: defaults)
    }

    /// Prints to standard error; standard output belongs to a command's result.
    static func note(_ text: String) {
        // A closed terminal is not a reason to end.
        try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
    }

    /// Asks a question on the terminal, and ends with exit code 1 if the answer is not yes. Without a terminal there is
    /// nobody to ask.
    static func confirm(_ question: String) throws {
        guard isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("There is no terminal to ask on: add --yes.")
        }
        try? FileHandle.standardError.write(contentsOf: Data((question + " [y/N] ").utf8))
        guard let answer = readLine()?.lowercased(), ["y", "yes"].contains(answer) else {
            note("Nothing was changed.")
            throw ExitCode.failure
        }
    }

    /// Reads the configuration. If it has problems, prints all of them and ends with exit code 78 (EX_CONFIG of
    /// sysexits).
    ///
    /// - Parameter advice: returns a sentence to print after the problems.
    static func configuration(
        environment: [String: String] = Shell.environment, roles: NodeRoles = [],
        requiring requirements: Set<ConfigurationRequirement> = [],
        advice: ([ConfigurationProblem]) -> String? = { _ in nil }
    ) async throws -> NodeConfiguration {
        do {
            return try await NodeConfiguration.load(
                .node, environment: environment, roles: roles, requiring: requirements,
                ignoring: namesOfDevelopment.union([NodeOptions.tokenName]))
        } catch {
            note(error.description)
            if let advice = advice(error.problems) { note(advice) }
            throw ExitCode(78)
        }
    }

    /// Runs a node. If a setting names something unusable, prints a message and ends with exit code 78.
    static func run(_ node: Node, with services: [any Service] = []) async throws {
        do {
            try await node.run(with: services)
        } catch let error as NodeError {
            note(error.description)
            throw ExitCode(78)
        }
    }

    /// Variables for the development of Scorecast (CONTRIBUTING.md). They are not settings.
    private static let namesOfDevelopment: Set<String> = [
        "SCORECAST_BIN", "SCORECAST_CHECKOUT", "SCORECAST_COMMIT", "SCORECAST_FULL", "SCORECAST_STRICT",
    ]

    /// Sets up logs and metrics for a process that serves.
    static func startTelemetry(_ configuration: NodeConfiguration) -> (logger: Logger, metrics: PrometheusMetrics) {
        LogOutput.bootstrap(format: configuration.logFormat, level: configuration.logLevel)
        let metrics = PrometheusMetrics(descriptions: MetricCatalogue.node.descriptions)
        MetricsSystem.bootstrap(metrics)
        let build = [("version", Release.version), ("commit", Release.commit), ("swift", Release.swift)]
        Gauge(label: "scorecast_build_info", dimensions: build).record(1)
        return (Logger(label: "scorecast"), metrics)
    }

    /// Ends with a message that names the setting if the node could not listen on its configured addresses.
    static func checkListenAddress(_ configuration: NodeConfiguration) throws {
        guard let problem = ListenAddress.problem(of: configuration) else { return }
        note(problem.description)
        throw ExitCode.failure
    }

    /// Returns the roles of a node from `--roles`.
    static func roles(_ list: String) throws -> NodeRoles {
        do { return try NodeRoles(list: list) } catch { throw ValidationError(error.description) }
    }

    /// The absolute path of this program. If the program was called by a path, it is that path.
    static var executable: String {
        if let called = CommandLine.arguments.first, called.contains("/") {
            return URL(fileURLWithPath: called).standardizedFileURL.path
        }
        return Bundle.main.executablePath ?? "scorecast"
    }

    /// Returns the word, quoted for a shell if necessary.
    static func quoted(_ word: String) -> String {
        let isPlain = !word.isEmpty && word.utf8.allSatisfy { isPlainByte($0) }
        return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }

    private static func isPlainByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/._-:@%+=,".utf8.contains(byte)
        }
    }
}
