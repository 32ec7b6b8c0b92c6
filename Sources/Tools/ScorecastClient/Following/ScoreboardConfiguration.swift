import NIOSSL

/// The board to follow, and the settings of the connection.
public struct ScoreboardConfiguration: Sendable {
    /// The form of the messages after the first.
    public enum Mode: String, Sendable {
        /// The whole top each time.
        case full
        /// The changes. This takes fewer bytes; the reader gets the same states.
        case delta
    }

    /// `ws://host:port` or `wss://host:port` (`http` and `https` mean the same). Without a path, `/ws/scoreboard`.
    public var url: String
    /// The board.
    public var board = "global"
    /// The window. A board need not have one called `all`.
    public var window = "all"
    /// The number of entries; a server sends up to 100, and no more than the board's top.
    public var limit = 10
    /// The form of the messages that the server sends after the first.
    public var mode = Mode.full
    /// The token, for private boards.
    public var token = ScoreboardToken.none
    /// Whether to tell the place of the token's user, wherever it is (``PlayEvent/place(_:)``).
    public var me = false
    /// Whether to bring the notifications of the token's user (``PlayEvent/notification(_:)``): live ones, and unread
    /// ones that were missed.
    public var notifications = false
    /// The challenges whose rooms to enter from the start; others can be entered later.
    public var challenges: [String] = []

    /// The time for a TCP connection.
    public var connectTimeout = Duration.seconds(10)
    /// The time for TLS and the WebSocket handshake together; also the time for a token provider.
    public var handshakeTimeout = Duration.seconds(10)
    /// The time without any frame after which a connection counts as dead. The server pings about every 25 s.
    public var silenceTimeout = Duration.seconds(60)
    /// The bound on the first wait before another attempt. Each wait is drawn evenly between zero and a bound that
    /// doubles with each failure.
    public var backoffBase = Duration.milliseconds(250)
    /// The bound on every wait that the client chooses.
    public var backoffCap = Duration.seconds(15)
    /// The longest wait that a server may ask for (`after_ms`, `Retry-After`); a longer one is cut to it.
    public var askedWaitMax = Duration.seconds(300)
    /// The time for which a connection must have received frames before the waits start over.
    public var provenAfter = Duration.seconds(5)
    /// The largest accepted message, in bytes; a larger one ends the connection with code 1009.
    public var messageBytesMax = 1 << 20
    /// TLS settings of your own for `wss`; nil for the system's trusted certificates and TLS 1.2 or later. Any number
    /// of followers can share one context; making one takes milliseconds.
    public var tls: NIOSSLContext?

    /// The board `global` of a server, with the defaults.
    ///
    /// - Parameter url: as ``url``.
    public init(url: String) {
        self.url = url
    }

    /// The problems, each as a sentence; empty if there are none.
    public func validate() -> [String] {
        var problems: [String] = []
        if ServerAddress(url) == nil {
            problems.append("url must be ws://host[:port][/path] or wss://…, without user, query and fragment")
        }
        if board.isEmpty || board.utf8.count > 256 { problems.append("board must have 1 to 256 bytes") }
        if window.isEmpty || window.utf8.count > 256 { problems.append("window must have 1 to 256 bytes") }
        if !(1...ServerMessage.entriesMax).contains(limit) {
            problems.append("limit must be 1 to \(ServerMessage.entriesMax)")
        }
        if case .value(let token) = token, !ScoreboardToken.isWellFormed(token) {
            problems.append("token must have the characters of a bearer token")
        }
        if case .none = token, me || notifications || !challenges.isEmpty {
            problems.append("me, notifications and challenges need a token")
        }
        if challenges.count > PlayPlan.roomsMax || !challenges.allSatisfy(PlayRequest.isChallenge) {
            problems.append("challenges must be at most \(PlayPlan.roomsMax) ids of 22 characters")
        }
        let times = [
            ("connectTimeout", connectTimeout), ("handshakeTimeout", handshakeTimeout),
            ("silenceTimeout", silenceTimeout), ("backoffBase", backoffBase), ("backoffCap", backoffCap),
            ("askedWaitMax", askedWaitMax),
        ]
        for (name, time) in times where time <= .zero || time > .seconds(86_400) {
            problems.append("\(name) must be more than nothing and at most a day")
        }
        if !(1024...(1 << 28)).contains(messageBytesMax) { problems.append("messageBytesMax must be 1 KiB to 256 MiB") }
        return problems
    }
}
