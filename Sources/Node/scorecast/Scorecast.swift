// scorecast: the command line. `Commands/` has one file for each command.
//
// Commands only parse arguments and print results. The work is done by `Node`, `Administration`, `LoadTest` and
// `LocalServers`. Start with `Commands/Serve.swift`; `Shell.swift` holds the parts that commands share.

import Administration
import ArgumentParser
import Node

/// `scorecast`
@main
struct Scorecast: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scorecast",
        abstract: "A realtime leaderboard hub over Redis: signed score updates in, live top lists out.",
        discussion: """
            Everything on one machine, with moving scores to look at:
              scorecast up --demo

            One node of a deployment:
              scorecast serve --roles api,gateway

            Settings are SCORECAST_… environment variables, or the same keys in the YAML file that SCORECAST_CONFIG \
            names. 'scorecast check' shows the settings in force and every problem.
            """,
        version: Release.description,
        subcommands: [
            Up.self, Serve.self, Migrate.self, Check.self, DoctorCommand.self, Token.self, ActionCommand.self,
            Score.self, BoardsCommand.self, UsersCommand.self, APIKeysCommand.self, AuditCommand.self,
            DeadLettersCommand.self, ExportLedger.self, RebuildCommand.self, Load.self,
        ]
    )
    /// Runs the command. Differs from the library's `main` in the texts of errors: an error of usage that a command
    /// finds while it runs shows the usage of that command, and errors of the stores are sentences for operators.
    static func main() async {
        var command: any ParsableCommand
        do { command = try parseAsRoot() } catch { exit(withError: error) }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as ValidationError {
            let kind = type(of: command)
            Shell.note(
                """
                Error: \(error.message)
                Usage: \(usageString(for: kind))
                  See '\(helpName(of: kind)) --help' for more information.
                """)
            exit(withError: ExitCode.validationFailure)
        } catch {
            exit(withError: ErrorText.text(of: error).map { StoreFailure(description: $0) } ?? error)
        }
    }

    /// The names by which a command is called, such as `scorecast boards put`.
    private static func helpName(of kind: any ParsableCommand.Type) -> String {
        let groups: [any ParsableCommand.Type] = [
            BoardsCommand.self, UsersCommand.self, APIKeysCommand.self, DeadLettersCommand.self,
        ]
        let group = groups.first { $0.configuration.subcommands.contains { $0 == kind } }
        return ([_commandName] + (group.map { [$0._commandName] } ?? []) + [kind._commandName]).joined(separator: " ")
    }

    /// An error of a store in the words for the terminal.
    private struct StoreFailure: Error, CustomStringConvertible {
        let description: String
    }
}
