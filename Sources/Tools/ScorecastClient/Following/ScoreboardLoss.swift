/// The reason why an attempt failed or a connection ended.
public enum ScoreboardLoss: Sendable, Equatable {
    /// The TCP or TLS connection failed.
    case unreachable(String)
    /// TLS and the handshake took longer than ``ScoreboardConfiguration/handshakeTimeout``.
    case handshakeTimedOut
    /// The server answered the handshake with another status than 101.
    case refused(HandshakeRefusal)
    /// The answer to the handshake breaks RFC 6455, 4.1.
    case notWebSocket(String)
    /// The server closed the connection; without a code if no close frame came.
    case closed(code: UInt16?, reason: String)
    /// No frame came for ``ScoreboardConfiguration/silenceTimeout``.
    case silent
    /// A frame or a message broke the protocol.
    case broken(String)
    /// A delta did not apply to the present state.
    case misfit
    /// The server asked to come back after this time.
    case askedToReconnect(after: Duration)
    /// The provider did not give a usable token.
    case noToken(String)

    /// A stable name, for metrics and logs.
    public var name: String {
        switch self {
        case .unreachable: "unreachable"
        case .handshakeTimedOut: "handshake_timed_out"
        case .refused: "refused"
        case .notWebSocket: "not_websocket"
        case .closed: "closed"
        case .silent: "silent"
        case .broken: "broken"
        case .misfit: "misfit"
        case .askedToReconnect: "asked_to_reconnect"
        case .noToken: "no_token"
        }
    }
}
