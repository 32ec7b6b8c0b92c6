import ArgumentParser
import Foundation
import LocalServers
import Logging
import Metrics
import Operations
import ServiceLifecycle

/// What commands share: the process's environment, and what goes to the terminal.
enum Shell {
    /// The environment of the process, with empty variables left out.
    static var environment: [String: String] {
        ProcessInfo.processInfo.environment
    }

    /// The environment over defaults: a variable that it sets, or whose value it names a file for, takes the default's place.
    static func environment(over defaults: [String: String]) -> [String: String] {
        let set = environment
        return defaults.filter { set[$0.key] == nil && set[$0.key + "_FILE"] == nil }.merging(set) { $1 }
    }

    /// Prints to standard error; standard output belongs to a command's result.
    static func note(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Reads the configuration; everything that is wrong with it is one message, and exit code 78 (EX_CONFIG of sysexits).
    static func configuration(
        environment: [String: String] = Shell.environment, roles: NodeRoles = [],
        requiring requirements: Set<ConfigurationRequirement> = []
    ) async throws -> NodeConfiguration {
        do {
            return try await NodeConfiguration.load(
                environment: environment, roles: roles, requiring: requirements,
                ignoring: ["SCORECAST_BIN", "SCORECAST_FULL"])
        } catch {
            note(error.description)
            throw ExitCode(78)
        }
    }

    /// Runs a node. What its settings name and cannot be used is one message, and exit code 78.
    static func run(_ node: Node, with services: [any Service] = []) async throws {
        do {
            try await node.run(with: services)
        } catch let error as NodeError {
            note(error.description)
            throw ExitCode(78)
        }
    }

    /// Sets up logs and metrics for a process that serves.
    static func startTelemetry(_ configuration: NodeConfiguration) -> (logger: Logger, metrics: PrometheusMetrics) {
        LogOutput.bootstrap(format: configuration.logFormat, level: configuration.logLevel)
        let metrics = PrometheusMetrics(descriptions: MetricCatalogue.all)
        MetricsSystem.bootstrap(metrics)
        return (Logger(label: "scorecast"), metrics)
    }
}

/// The data folder of `scorecast up`, whose secrets other commands can use.
struct DataFolderOptions: ParsableArguments {
    @Option(help: "The data folder of 'scorecast up': its keys are used where the environment names none.")
    var data = ".scorecast"

    /// The process's environment, over the keys that `scorecast up` made in the data folder.
    func environment() throws -> [String: String] {
        Shell.environment(over: try DataFolder(path: data).existingSecrets() ?? [:])
    }
}
