import Administration
import ArgumentParser

/// `scorecast boards periods`
struct BoardsPeriods: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "periods",
        abstract: "Lists the periods of a window, newest first.",
        discussion: """
            A sealed period shows the number of its entries and the checksum over its final standings.

            Examples:
              scorecast boards periods race --window daily
              scorecast boards periods race --window daily --limit 7 --json
            """
    )

    @Argument(help: "The board's id.")
    var board: String

    @Option(help: "The window. Default: the board's first one.")
    var window: String?

    @Option(help: "How many periods.")
    var limit = 50

    @Option(help: "Goes on after an earlier answer: the value of its member next.")
    var cursor: String?

    @Flag(help: "Prints the node's answer as it came.")
    var json = false

    @OptionGroup var options: NodeOptions

    func run() async throws {
        var path = try BoardsAnswer.path(of: board) + "/periods?limit=\(limit)"
        for (name, value) in [("window", window), ("cursor", cursor)] {
            if let value { path += "&\(name)=\(QueryText.value(value))" }
        }
        let (client, token) = try await options.node(needsToken: false)
        let answer = try await client.send(.get, path, token: token)
        try BoardsAnswer.show(answer, isJSON: json, text: BoardText.periods)
    }
}
