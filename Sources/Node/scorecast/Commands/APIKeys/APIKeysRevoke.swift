import Administration
import ArgumentParser

/// `scorecast api-keys revoke`
struct APIKeysRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Revokes an API key; every node refuses it within two seconds.",
        discussion: """
            Examples:
              scorecast api-keys revoke 0123456789abcdef
            """
    )

    @Argument(help: "The key's id, as 'scorecast api-keys list' shows it.")
    var id: String

    @OptionGroup var options: NodeOptions

    func run() async throws {
        guard KeyText.isID(id) else {
            // It may be the key itself, which must not be printed.
            throw ValidationError("ID is not the id of an API key; 'scorecast api-keys list' shows the ids.")
        }
        let (client, token) = try await options.node(needsToken: true)
        let answer = try await client.send(.delete, "/api-keys/\(QueryText.value(id))", token: token)
        _ = try NodeAnswer.accepted(answer, refusal: UserText.refusal)
        print("Revoked \(id).")
    }
}
