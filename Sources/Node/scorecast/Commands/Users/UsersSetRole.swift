import Administration
import ArgumentParser
import Signing

/// `scorecast users set-role`
struct UsersSetRole: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-role",
        abstract: "Gives a user a role: all sessions of the user end.",
        discussion: """
            Examples:
              scorecast users set-role ada admin
            """
    )

    @Argument(help: "The user's id or username.")
    var user: String

    @Argument(help: "The role: player, service or admin.")
    var role: String

    @Flag(help: "Prints the node's answer as it came.")
    var json = false

    @OptionGroup var options: NodeOptions

    func run() async throws {
        guard Role(rawValue: role) != nil else {
            throw ValidationError("ROLE must be player, service or admin, not '\(role)'.")
        }
        try await UsersAnswer.change(
            user, .put, "role", body: UserText.body([("role", role)]), verb: "Changed", isJSON: json, options)
    }
}
