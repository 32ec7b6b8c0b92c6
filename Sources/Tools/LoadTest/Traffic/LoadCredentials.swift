/// Makes tokens and action ids, as a game server would.
public struct LoadCredentials: Sendable {
    /// A token for a user, or for an administrator.
    let token: @Sendable (_ sub: String, _ isAdmin: Bool, _ lifetime: Duration) async throws -> String
    /// A new action id, with the score that it pins.
    let actionID: @Sendable (_ user: String, _ action: String, _ score: Int64?) throws -> String

    /// - Parameters:
    ///   - token: makes a token for a user, or for an administrator, with this lifetime.
    ///   - actionID: makes an action id for a user and an action, with the score that it pins, if any.
    public init(
        token: @escaping @Sendable (_ sub: String, _ isAdmin: Bool, _ lifetime: Duration) async throws -> String,
        actionID: @escaping @Sendable (_ user: String, _ action: String, _ score: Int64?) throws -> String
    ) {
        self.token = token
        self.actionID = actionID
    }
}
