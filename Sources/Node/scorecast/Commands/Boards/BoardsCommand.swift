import Administration
import ArgumentParser

/// `scorecast boards`
struct BoardsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "boards",
        abstract: "Shows and changes the boards of a deployment.",
        discussion: """
            It asks an API node. The token of an administrator is in SCORECAST_TOKEN; without that, the command makes \
            one with SCORECAST_JWT_SECRET, or with the keys in the data folder of 'scorecast up'. docs/boards.md \
            explains boards, with recipes.

            Examples:
              scorecast boards list
              scorecast boards put race --operator best --order asc --windows all,daily
              scorecast boards put race --patch --top 50
              scorecast boards periods race --window daily
              scorecast boards reset race --window daily
            """,
        subcommands: [
            BoardsList.self, BoardsShow.self, BoardsPut.self, BoardsDelete.self, BoardsReset.self, BoardsPeriods.self,
        ]
    )
}

/// The parts that the commands about boards share.
enum BoardsAnswer {
    /// Prints an answer. If the node has refused, prints the reason and the remedy, and ends with exit code 1.
    ///
    /// - Parameters:
    ///   - isJSON: prints the body as it came.
    ///   - text: makes a text for people from the body.
    static func show(_ answer: NodeClient.Answer, isJSON: Bool = false, text: (String) -> String?) throws {
        let body = try NodeAnswer.accepted(answer, refusal: BoardText.refusal)
        print(isJSON ? body : text(body) ?? body)
    }

    /// The path of a board. Refuses what cannot be an id.
    static func path(of board: String) throws -> String {
        guard BoardMembers.isID(board) else {
            throw ValidationError("BOARD is not the id of a board: 1 to 64 of A-Z a-z 0-9 _ -.")
        }
        return "/boards/\(board)"
    }
}
