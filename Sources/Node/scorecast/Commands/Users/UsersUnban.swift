import Administration
import ArgumentParser

/// `scorecast users unban`
struct UsersUnban: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unban",
        abstract: "Ends the ban of a user.",
        discussion: """
            Examples:
              scorecast users unban eve
            """
    )

    @Argument(help: "The user's id or username.")
    var user: String

    @Flag(help: "Prints the node's answer as it came.")
    var json = false

    @OptionGroup var options: NodeOptions

    func run() async throws {
        try await UsersAnswer.change(user, .post, "unban", body: nil, verb: "Unbanned", isJSON: json, options)
    }
}
