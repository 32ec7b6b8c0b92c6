/// The reason why a follower has ended for good. A temporary failure is not an error: the follower tries again.
public struct ScoreboardError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds, to tell them apart in code.
    public enum Kind: String, Sendable {
        /// The configuration cannot be used; nothing was sent.
        case invalidConfiguration = "invalid_configuration"
        /// The token is missing, expired or not accepted (HTTP 401, close code 4401).
        case unauthorized
        /// The token is valid, but does not allow this (HTTP 403, close code 4403).
        case forbidden
        /// There is no such board, or no scoreboard at this address (HTTP 404, close code 4404).
        case notFound = "not_found"
        /// The server refuses the request as it is (any other 4xx, any other close code from 4400).
        case refused
    }

    /// The kind of the error.
    public let kind: Kind
    /// A sentence for people. It holds no token.
    public let message: String
    /// The HTTP status, if the handshake was refused.
    public let status: Int?
    /// The WebSocket close code, if an open connection was closed.
    public let closeCode: UInt16?
    /// The server's own stable code, such as `unknown_board`, if it gave one.
    public let serverCode: String?

    /// An error. A token provider can throw one to end the following (``ScoreboardToken/provider(_:)``).
    public init(
        _ kind: Kind, _ message: String, status: Int? = nil, closeCode: UInt16? = nil, serverCode: String? = nil
    ) {
        self.kind = kind
        self.message = message
        self.status = status
        self.closeCode = closeCode
        self.serverCode = serverCode
    }

    /// The kind and the message.
    public var description: String { "\(kind.rawValue): \(message)" }
}

extension ScoreboardError {
    /// The handshake was answered with a status that says not to come back.
    static func refused(_ refusal: HandshakeRefusal) -> ScoreboardError {
        let kind: Kind =
            switch refusal.status {
            case 401: .unauthorized
            case 403: .forbidden
            case 404, 410: .notFound
            default: .refused
            }
        let words = refusal.message.map { ": \($0)" } ?? ""
        return ScoreboardError(
            kind, "the server refused the handshake with status \(refusal.status)\(words)", status: refusal.status,
            serverCode: refusal.code)
    }

    /// The connection was closed with a code that says not to come back.
    static func closed(_ code: UInt16, reason: String, serverCode: String?) -> ScoreboardError {
        let kind: Kind =
            switch code {
            case 4401: .unauthorized
            case 4403: .forbidden
            case 4404: .notFound
            default: .refused
            }
        let words = reason.isEmpty ? "" : ": \(reason)"
        return ScoreboardError(
            kind, "the server closed the connection with code \(code)\(words)", closeCode: code, serverCode: serverCode)
    }
}
