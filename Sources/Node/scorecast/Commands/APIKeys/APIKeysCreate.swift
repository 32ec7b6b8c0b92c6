import Administration
import ArgumentParser

/// `scorecast api-keys create`
struct APIKeysCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Makes an API key and prints it; nobody can see it again.",
        discussion: """
            Standard output is the key alone, so that it can go to a file.

            Examples:
              scorecast api-keys create 'game server' --role service > key.txt
              scorecast api-keys create reports --role admin --scopes boards:read,users:read --ttl 30d
            """
    )

    @Argument(help: "A name for people.")
    var name: String

    @Option(help: "The role of its bearer: service or admin.")
    var role: String

    @Option(help: "What it may do, several with commas. Default: all that the role may do.")
    var scopes: [String] = []

    @Option(help: "The time until which it is valid, such as 30d. Default: until it is revoked.")
    var ttl: String?

    @Flag(help: "Prints the node's answer as it came.")
    var json = false

    @OptionGroup var options: NodeOptions

    func run() async throws {
        guard ["service", "admin"].contains(role) else {
            throw ValidationError("--role must be service or admin, not '\(role)'.")
        }
        var expiresAt: String?
        if let ttl {
            guard let lifetime = Lifetime.milliseconds(ttl) else {
                throw ValidationError("--ttl must be a number and a unit such as 90s, 15m, 1h or 7d, not '\(ttl)'.")
            }
            expiresAt = KeyText.end(afterMilliseconds: lifetime)
        }
        let body = KeyText.body(name: name, role: role, scopes: scopes, expiresAt: expiresAt)
        let (client, token) = try await options.node(needsToken: true)
        let answer = try await client.send(.post, "/api-keys", body: body, token: token)
        let made = try NodeAnswer.accepted(answer, refusal: UserText.refusal)
        guard !json, let (key, note) = KeyText.made(made) else { return print(made) }
        Shell.note(note)
        print(key)
    }
}
