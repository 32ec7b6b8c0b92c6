import Administration
import ArgumentParser
import Foundation
import Leaderboard
import Logging
import Node
import Persister
import Settings

/// `scorecast rebuild`
struct RebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Rebuilds partitions of Redis from Postgres.",
        discussion: """
            Updates of a partition get 503 until it is rebuilt; nodes may run meanwhile. If a persister runs, it does \
            the work, otherwise this command. If it is interrupted, the partition stays closed, and a second call \
            begins again. Needs the settings of a persister.

            Examples:
              scorecast rebuild --dry-run
              scorecast rebuild --partition 14 --yes
            """
    )

    @Option(help: "The partition. Default: all of them, one after the other.")
    var partition: Int?

    @Flag(help: "Say what would change, and change nothing.")
    var dryRun = false

    @Flag(help: "Print one JSON document.")
    var json = false

    @Flag(help: "Do not ask.")
    var yes = false

    func run() async throws {
        let configuration = try await Shell.configuration(roles: .persister)
        if let partition, !(0..<configuration.partitions).contains(partition) {
            throw ValidationError("--partition must be 0 to \(configuration.partitions - 1).")
        }
        let partitions = partition.map { $0..<$0 + 1 } ?? 0..<configuration.partitions
        if !dryRun && !yes { try ask(partitions) }
        let (dryRun, json) = (dryRun, json)
        // The report says it all, and errors end the command.
        let silent = Logger(label: "scorecast", factory: { _ in SwiftLogNoOpLogHandler() })
        try await RebuildWork.run(configuration, logger: silent) { work in
            var lines: [RebuildLine] = []
            for partition in partitions {
                if dryRun {
                    lines.append(RebuildLine(try await work.preview(partition)))
                } else {
                    let bar = ProgressBar(label: "partition \(partition)")
                    let outcome = try await work.rebuild(partition) { bar.show($0, of: $1) }
                    bar.end()
                    lines.append(RebuildLine(outcome))
                }
                if !json, let line = lines.last { print(line.text) }
            }
            if json { print(RebuildLine.document(lines, isPreview: dryRun)) }
        }
    }

    /// Asks on the terminal. Without a terminal, nothing is done.
    private func ask(_ partitions: Range<Int>) throws {
        guard isatty(FileHandle.standardInput.fileDescriptor) == 1 else {
            throw ValidationError("Without a terminal, say --yes, or --dry-run.")
        }
        let names = partitions.count == 1 ? "partition \(partitions.lowerBound)" : "\(partitions.count) partitions"
        Shell.note("This closes \(names) for updates and reads, and replaces the data in Redis. Type yes to go on.")
        guard readLine() == "yes" else { throw ExitCode.failure }
    }
}
