import Administration
import ArgumentParser

/// `scorecast users list`
struct UsersList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists accounts.",
        discussion: """
            Examples:
              scorecast users list
              scorecast users list --query ada@example.com --json
            """
    )

    @Option(help: "The beginning of a username or a name, or a whole e-mail address.")
    var query: String?

    @Option(help: "How many users; 1 to 100.")
    var limit = 20

    @Option(help: "Goes on after an earlier answer: the value of its member next.")
    var cursor: String?

    @Flag(help: "Prints the node's answer as it came.")
    var json = false

    @OptionGroup var options: NodeOptions

    func run() async throws {
        let path = QueryText.path("/users", [("limit", String(limit)), ("query", query), ("cursor", cursor)])
        let (client, token) = try await options.node(needsToken: true)
        let body = try NodeAnswer.accepted(
            try await client.send(.get, path, token: token), refusal: UserText.refusal)
        print(json ? body : UserText.list(body) ?? body)
    }
}
