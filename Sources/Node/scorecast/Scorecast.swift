// scorecast: the command line. `Commands/` has one file for each command.
//
// Commands only parse arguments and print results. The work is done by `Node`, `Administration`, `LoadTest` and
// `LocalServers`. Start with `Commands/Serve.swift`; `Shell.swift` holds the parts that commands share.

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
            Up.self, Serve.self, Migrate.self, Check.self, DoctorCommand.self, Token.self, Action.self, Score.self,
            Load.self,
        ]
    )
}
