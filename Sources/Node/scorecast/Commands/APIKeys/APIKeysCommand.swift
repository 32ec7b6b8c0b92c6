import ArgumentParser

/// `scorecast api-keys`
struct APIKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-keys",
        abstract: "Makes, lists and revokes API keys.",
        discussion: """
            It asks a node with the role accounts, like 'scorecast users'. Game servers send a key as \
            'Authorization: Bearer sck_…' or 'X-API-Key: sck_…'.

            Examples:
              scorecast api-keys create 'game server' --role service --scopes scores:write,scores:read > key.txt
              scorecast api-keys list
              scorecast api-keys revoke 0123456789abcdef
            """,
        subcommands: [APIKeysCreate.self, APIKeysList.self, APIKeysRevoke.self]
    )
}
