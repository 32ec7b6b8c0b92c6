import Administration
import ArgumentParser

/// `scorecast boards list`
struct BoardsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the boards.",
        discussion: """
            Without a token and without keys, it lists the public boards.

            Examples:
              scorecast boards list
              scorecast boards list --json --url http://127.0.0.1:9000
            """
    )

    @Flag(help: "Prints the node's answer as it came.")
    var json = false

    @OptionGroup var options: NodeOptions

    func run() async throws {
        let (client, token) = try await options.node(needsToken: false)
        let answer = try await client.send(.get, "/boards", token: token)
        try BoardsAnswer.show(answer, isJSON: json, text: BoardText.list)
    }
}
