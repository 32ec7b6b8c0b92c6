/// The source of the bearer token. The token is sent in the `Authorization` header, and never logged.
public enum ScoreboardToken: Sendable {
    /// No token: for public boards.
    case none
    /// The same token for every connection.
    case value(String)
    /// Asked before each connection, so that an expired token is replaced in time. It has
    /// ``ScoreboardConfiguration/handshakeTimeout`` to answer; after that its task is cancelled and the attempt counts
    /// as failed. After an error there is another attempt later, except after a ``ScoreboardError``, which ends the
    /// follower.
    case provider(@Sendable () async throws -> String)
    /// The token of a session, which is refreshed in time. The end of the session ends the follower.
    case session(ScorecastSession)

    /// Whether the next connection may have another token.
    var changes: Bool {
        switch self {
        case .none, .value: false
        case .provider, .session: true
        }
    }

    /// Whether a token may be put into a header field: the characters of `b64token` (RFC 6750, 2.1), up to 8 KiB. Other
    /// characters could end the field and begin another.
    package static func isWellFormed(_ token: String) -> Bool {
        (1...8192).contains(token.utf8.count)
            && token.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                    UInt8(ascii: "~"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
                    true
                default: false
                }
            }
    }
}
