/// What happens to a follower, told on its event loop, in order.
public enum ScoreboardEvent: Sendable {
    /// A connection is open.
    ///
    /// - Parameter resuming: whether it asked to go on from the state that was there.
    case opened(resuming: Bool)
    /// A message about the standings came; before ``changed(_:)``, and also where nothing new is in it.
    case arrived(ScoreboardArrival)
    /// There is a newer state.
    case changed(ScoreboardState)
    /// The server has received no changes since this time, in milliseconds since 1970 by its clock: what is shown may
    /// be out of date, though the connection is well. It ends with ``current``, or with the connection.
    case stale(since: Int64)
    /// The server receives changes again, and what is shown is current.
    case current
    /// The server sent an error message. The connection goes on, unless the server also closes it.
    case complaint(code: String, message: String)
    /// An attempt failed or a connection ended; there will be another attempt after `wait`.
    case lost(ScoreboardLoss, wait: Duration)
    /// The end, always the last event: nil after ``ScoreboardFollower/stop()``.
    case ended(ScoreboardError?)
}

/// The bare facts of a message about the standings, for measuring.
public struct ScoreboardArrival: Sendable, Equatable {
    /// The type of message.
    public enum Kind: String, Sendable {
        /// `snapshot`.
        case snapshot
        /// `leaderboard-update`.
        case update
        /// `leaderboard-delta`.
        case delta
    }

    /// What it led to.
    public enum Outcome: String, Sendable {
        /// A newer state.
        case changed
        /// Nothing that had not been shown before.
        case notNewer = "not_newer"
        /// A delta that does not apply to the state that is there; the follower connects anew for a snapshot.
        case misfit
    }

    /// The type of message.
    public var kind: Kind
    /// What it led to.
    public var outcome: Outcome
    /// The epoch in the message.
    public var epoch: String
    /// The version that a delta starts from; nil for others.
    public var from: Int64?
    /// The version in the message.
    public var version: Int64
    /// When the change was made, in milliseconds since 1970 by the server's clock.
    public var at: Int64
    /// When the message was whole, in microseconds since 1970 by this machine's clock.
    public var receivedAtMicroseconds: Int64
    /// How long the message is, in bytes.
    public var bytes: Int

    /// A message that brought a newer state.
    package init(
        kind: Kind, epoch: String, from: Int64? = nil, version: Int64, at: Int64, receivedAtMicroseconds: Int64,
        bytes: Int
    ) {
        self.kind = kind
        outcome = .changed
        self.epoch = epoch
        self.from = from
        self.version = version
        self.at = at
        self.receivedAtMicroseconds = receivedAtMicroseconds
        self.bytes = bytes
    }

    /// From the change to its arrival, in milliseconds; of two clocks, so it can be negative.
    public var latencyMilliseconds: Double { Double(receivedAtMicroseconds) / 1000 - Double(at) }
}

/// Why an attempt failed or a connection ended.
public enum ScoreboardLoss: Sendable, Equatable {
    /// No TCP or TLS connection came about.
    case unreachable(String)
    /// TLS and the handshake took longer than ``ScoreboardConfiguration/handshakeTimeout``.
    case handshakeTimedOut
    /// The server answered the handshake with another status than 101.
    case refused(HandshakeRefusal)
    /// The answer to the handshake breaks RFC 6455, 4.1.
    case notWebSocket(String)
    /// The server closed the connection; without a code where no close frame came.
    case closed(code: UInt16?, reason: String)
    /// No frame came for ``ScoreboardConfiguration/silenceTimeout``.
    case silent
    /// A frame or a message broke the protocol.
    case broken(String)
    /// A delta did not apply to the state that was there.
    case misfit
    /// The server asked to come back after this time.
    case askedToReconnect(after: Duration)
    /// The provider gave no usable token.
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

/// How a server refused a handshake.
public struct HandshakeRefusal: Sendable, Equatable {
    /// The HTTP status.
    public var status: Int
    /// The stable code of the body, where there is one.
    public var code: String?
    /// The sentence of the body, where there is one.
    public var message: String?
    /// The field `Retry-After`, where it is there in seconds.
    public var retryAfter: Duration?

    /// A refusal.
    public init(status: Int, code: String? = nil, message: String? = nil, retryAfter: Duration? = nil) {
        self.status = status
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }
}
