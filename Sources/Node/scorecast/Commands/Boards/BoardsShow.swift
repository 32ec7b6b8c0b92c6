import Administration
import ArgumentParser

/// `scorecast boards show`
struct BoardsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a board with all its members.",
        discussion: """
            With --json it prints what 'scorecast boards put BOARD --file FILE' takes.

            Examples:
              scorecast boards show global
              scorecast boards show race --json > race.json
            """
    )

    @Argument(help: "The board's id.")
    var board: String

    @Flag(help: "Prints the node's answer as it came.")
    var json = false

    @OptionGroup var options: NodeOptions

    func run() async throws {
        let path = try BoardsAnswer.path(of: board)
        let (client, token) = try await options.node(needsToken: false)
        let answer = try await client.send(.get, path, token: token)
        try BoardsAnswer.show(answer, isJSON: json, text: BoardText.board)
    }
}
