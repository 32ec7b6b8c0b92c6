import Administration
import ArgumentParser

/// `scorecast api-keys list`
struct APIKeysList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the API keys that are not revoked.",
        discussion: """
            Examples:
              scorecast api-keys list
            """
    )

    @Option(help: "How many keys; 1 to 100.")
    var limit = 20

    @Option(help: "Goes on after an earlier answer: the value of its member next.")
    var cursor: String?

    @Flag(help: "Prints the node's answer as it came.")
    var json = false

    @OptionGroup var options: NodeOptions

    func run() async throws {
        let path = QueryText.path("/api-keys", [("limit", String(limit)), ("cursor", cursor)])
        let (client, token) = try await options.node(needsToken: true)
        let body = try NodeAnswer.accepted(
            try await client.send(.get, path, token: token), refusal: UserText.refusal)
        print(json ? body : KeyText.list(body) ?? body)
    }
}
