import StrictJSON

/// The tokens of a session. Whoever has them is the user: keep them where only the app can read them.
public struct SessionTokens: Sendable, CustomStringConvertible {
    /// The token for requests.
    public var access: String
    /// The token for the next pair. It can be used once: its second use ends the session.
    public var refresh: String
    /// The end of the access token, in milliseconds since 1970 by this machine's clock.
    public var expiresAt: Int64
    /// The life of the access token, in milliseconds.
    public var life: Int64

    /// Tokens, as a ``SessionStorage`` kept them.
    public init(access: String, refresh: String, expiresAt: Int64, life: Int64) {
        self.access = access
        self.refresh = refresh
        self.expiresAt = expiresAt
        self.life = life
    }

    /// Nothing of the tokens: this may reach a log.
    public var description: String { "SessionTokens(expiresAt: \(expiresAt))" }

    /// Reads an answer; nil if it has no usable tokens.
    ///
    /// - Parameter askedAt: when it was asked for, in milliseconds since 1970.
    init?(_ answer: JSONValue?, askedAt: Int64) {
        guard let access = answer?["access_token"]?.string, ScoreboardToken.isWellFormed(access),
            let refresh = answer?["refresh_token"]?.string, ScoreboardToken.isWellFormed(refresh),
            let seconds = answer?["expires_in"]?.integer, (1...86_400 * 366).contains(seconds)
        else {
            return nil
        }
        self.init(access: access, refresh: refresh, expiresAt: askedAt + seconds * 1000, life: seconds * 1000)
    }

    /// The time before the end at which another token is got: for requests on their way, and clocks that differ.
    var leeway: Int64 { min(60_000, life / 4) }
}

extension SessionTokens: CustomReflectable {
    /// Nothing of the tokens.
    public var customMirror: Mirror { Mirror(self, children: ["expiresAt": expiresAt]) }
}
