import Administration
import ArgumentParser
import Signing

/// `scorecast users create`
struct UsersCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Makes an account.",
        discussion: """
            The password is asked for on the terminal, or read from standard input: one line. It is never an argument, \
            since other users of a machine see the arguments of commands.

            Examples:
              scorecast users create ada --email ada@example.com
              scorecast users create ops --role admin < password.txt
            """
    )

    @Argument(help: "The name with which the user logs in.")
    var username: String

    @Option(help: "The e-mail address.")
    var email: String?

    @Option(help: "The name that others see.")
    var name: String?

    @Option(help: "The role: player, service or admin.")
    var role = Role.player.rawValue

    @Flag(help: "Prints the user as JSON.")
    var json = false

    @OptionGroup var options: NodeOptions

    func run() async throws {
        guard let role = Role(rawValue: role) else {
            throw ValidationError("--role must be player, service or admin, not '\(self.role)'.")
        }
        let (client, token) = try await options.node(needsToken: true)
        let body = UserText.registration(
            username: username, password: try PasswordInput.read(), email: email, name: name)
        let answer = try await client.send(.post, "/auth/register", body: body, token: nil)
        let made = try NodeAnswer.accepted(answer, refusal: UserText.refusal)
        guard let registered = UserText.registered(made) else {
            Shell.note("The node's answer is not that of a registration.")
            throw ExitCode.failure
        }
        // A registration is also a login, which nobody needs here.
        _ = try? await client.send(.post, "/auth/logout", token: registered.token)
        var user = registered.user
        if role != .player {
            let answer = try await client.send(
                .put, "/users/\(QueryText.value(registered.id))/role", body: UserText.body([("role", role.rawValue)]),
                token: token)
            user = try NodeAnswer.accepted(answer) { status, body in
                "The account was made, but keeps the role player.\n" + UserText.refusal(status: status, body: body)
            }
        }
        print(json ? user : UserText.done("Made", user) ?? user)
    }
}
