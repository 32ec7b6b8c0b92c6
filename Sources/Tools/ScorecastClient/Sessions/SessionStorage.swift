/// Keeps the tokens of a session, such as in the keychain, so that the user need not log in after each start.
///
/// One process may use the stored tokens at a time: a refresh token that two use ends the session.
public protocol SessionStorage: Sendable {
    /// Keeps the tokens in place of the earlier ones. Called after each refresh, before the new token is used.
    func save(_ tokens: SessionTokens) async
    /// Forgets them: the session has ended.
    func remove() async
}
