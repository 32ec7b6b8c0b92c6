import Leaderboard
import Signing

/// A refused update, for those who develop with the server.
public struct RefusedUpdate: Hashable, Sendable, CustomStringConvertible {
    /// Whose score it was for; nil if that is not known.
    public var userID: String?
    /// The status of the answer.
    public var status: Int
    /// The code of the answer.
    public var code: String
    /// Why, in words that the client is not sent.
    public var reason: String

    /// One line.
    public var description: String { "\(userID ?? "(no user)"): \(status) \(code): \(reason)" }
}
