import Administration
import ArgumentParser

/// `scorecast users`
struct UsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "Shows and changes the accounts of a deployment.",
        discussion: """
            It asks a node with the role accounts. The token of an administrator is in SCORECAST_TOKEN; without that, \
            the command makes one with SCORECAST_JWT_SECRET, or with the keys in the data folder of 'scorecast up'. A \
            user is named by id or by username.

            Examples:
              scorecast users list --query ad
              scorecast users create ada --role admin
              scorecast users ban eve --reason 'Cheats'
              scorecast users set-role ada service
            """,
        subcommands: [UsersList.self, UsersCreate.self, UsersBan.self, UsersUnban.self, UsersSetRole.self]
    )
}

/// The parts that the commands about users share.
enum UsersAnswer {
    /// The greatest number of users of one answer.
    private static let limitMax = 100

    /// The id of a user who is named by id or by username.
    static func id(of word: String, _ client: NodeClient, token: String?) async throws -> String {
        if UserText.isID(word) { return word }
        let path = QueryText.path("/users", [("query", word), ("limit", String(limitMax))])
        let answer = try await client.send(.get, path, token: token)
        let body = try NodeAnswer.accepted(answer, refusal: UserText.refusal)
        guard let id = UserText.id(of: word, in: body) else {
            Shell.note("There is no user \(word). 'scorecast users list --query BEGINNING' finds users.")
            throw ExitCode.failure
        }
        return id
    }

    /// Sends a change of a user, and prints a sentence about it.
    ///
    /// - Parameters:
    ///   - action: the end of the path.
    ///   - verb: what was done, such as `Banned`.
    static func change(
        _ user: String, _ method: NodeClient.Method, _ action: String, body: [UInt8]?, verb: String, isJSON: Bool,
        _ options: NodeOptions
    ) async throws {
        let (client, token) = try await options.node(needsToken: true)
        let id = try await id(of: user, client, token: token)
        let answer = try await client.send(
            method, "/users/\(QueryText.value(id))/\(action)", body: body, token: token)
        let changed = try NodeAnswer.accepted(answer, refusal: UserText.refusal)
        print(isJSON ? changed : UserText.done(verb, changed) ?? changed)
    }
}
