import Leaderboard
import Signing

/// A refused update, as it is shown to developers.
public struct RefusedUpdate: Hashable, Sendable, CustomStringConvertible {
    /// The user whose score would have changed; nil if unknown.
    public var userID: String?
    /// The status of the answer.
    public var status: Int
    /// The code of the answer.
    public var code: String
    /// The reason, in words that the client does not get.
    public var reason: String

    /// The refusal as one line.
    public var description: String { "\(userID ?? "(no user)"): \(status) \(code): \(reason)" }
}
