/// Where the bearer token comes from. It is sent in the `Authorization` header, and never logged.
public enum ScoreboardToken: Sendable {
    /// No token: for public boards.
    case none
    /// The same token for every connection.
    case value(String)
    /// Asked anew before each connection, so that an expired token is replaced in time. It has
    /// ``ScoreboardConfiguration/handshakeTimeout`` to answer; after that its task is cancelled and the attempt counts
    /// as failed. An error leads to another attempt later, except for a ``ScoreboardError``, which ends the following.
    case provider(@Sendable () async throws -> String)

    /// Whether a token may stand in a header field: the characters of `b64token` (RFC 6750, 2.1), up to 8 KiB. Anything
    /// else could end the field and begin another.
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
