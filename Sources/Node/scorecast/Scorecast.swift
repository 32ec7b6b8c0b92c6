// The command line: one file for each command under Commands/. They read arguments, and leave the work to the other
// targets.

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

            Settings are SCORECAST_… environment variables, or the same keys in the YAML file that SCORECAST_CONFIG names. \
            'scorecast check' shows what is in force and all that is wrong.
            """,
        version: Release.description,
        subcommands: [
            Up.self, Serve.self, Migrate.self, Check.self, DoctorCommand.self, Token.self, Action.self, Score.self,
            Load.self,
        ]
    )
}
