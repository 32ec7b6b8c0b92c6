import Administration
import ArgumentParser

/// `scorecast boards delete`
struct BoardsDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Deletes a board with its current scores.",
        discussion: """
            A board that an action names cannot be deleted.

            Examples:
              scorecast boards delete race
            """
    )

    @Argument(help: "The board's id.")
    var board: String

    @OptionGroup var options: NodeOptions

    func run() async throws {
        let path = try BoardsAnswer.path(of: board)
        let (client, token) = try await options.node(needsToken: true)
        let answer = try await client.send(.delete, path, token: token)
        try BoardsAnswer.show(answer) { _ in "Deleted \(board)." }
    }
}
