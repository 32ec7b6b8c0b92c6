import Administration
import ArgumentParser
import StrictJSON

/// `scorecast boards reset`
struct BoardsReset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Empties the current periods of a board.",
        discussion: """
            The scores of earlier periods stay. Watchers are sent the empty top.

            Examples:
              scorecast boards reset race
              scorecast boards reset race --window daily
            """
    )

    @Argument(help: "The board's id.")
    var board: String

    @Option(help: "The window to empty. Default: all of them.")
    var window: String?

    @OptionGroup var options: NodeOptions

    func run() async throws {
        let path = try BoardsAnswer.path(of: board) + "/reset"
        var body: [UInt8] = []
        JSONWriter.append(to: &body) { json in
            json.beginObject()
            if let window { json.member("window", window) }
            json.endObject()
        }
        let (client, token) = try await options.node(needsToken: true)
        let answer = try await client.send(.post, path, body: body, token: token)
        try BoardsAnswer.show(answer) { _ in "Emptied \(window ?? "all windows") of \(board)." }
    }
}
