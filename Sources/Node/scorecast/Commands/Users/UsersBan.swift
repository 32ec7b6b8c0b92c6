import Administration
import ArgumentParser

/// `scorecast users ban`
struct UsersBan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ban",
        abstract: "Bans a user: all sessions end, and the user cannot log in.",
        discussion: """
            Examples:
              scorecast users ban eve --reason 'Cheats'
            """
    )

    @Argument(help: "The user's id or username.")
    var user: String

    @Option(help: "Why; only administrators see it.")
    var reason: String?

    @Flag(help: "Prints the node's answer as it came.")
    var json = false

    @OptionGroup var options: NodeOptions

    func run() async throws {
        try await UsersAnswer.change(
            user, .post, "ban", body: UserText.body([("reason", reason)]), verb: "Banned", isJSON: json, options)
    }
}
