import NIOSSL

/// What to follow, and how patiently.
public struct ScoreboardConfiguration: Sendable {
    /// What the server sends after the first message.
    public enum Mode: String, Sendable {
        /// The whole top each time.
        case full
        /// What has changed. Fewer bytes; what the reader gets is the same.
        case delta
    }

    /// `ws://host:port` or `wss://host:port` (`http` and `https` mean the same). Without a path, `/ws/scoreboard`.
    public var url: String
    /// The board.
    public var board = "global"
    /// The window.
    public var window = "all"
    /// How many entries; a server gives up to 100, and no more than the board's top.
    public var limit = 10
    /// What the server sends after the first message.
    public var mode = Mode.full
    /// The token, for private boards.
    public var token = ScoreboardToken.none

    /// How long a TCP connection may take.
    public var connectTimeout = Duration.seconds(10)
    /// How long TLS and the WebSocket handshake may take together; also how long a token provider may take.
    public var handshakeTimeout = Duration.seconds(10)
    /// After how long without any frame a connection counts as dead. The server pings about every 25 s.
    public var silenceTimeout = Duration.seconds(60)
    /// The bound on the first wait before another attempt. Each wait is drawn evenly from nothing to a bound that
    /// doubles with each failure.
    public var backoffBase = Duration.milliseconds(250)
    /// The bound on every wait that the client chooses.
    public var backoffCap = Duration.seconds(15)
    /// The longest wait that a server may ask for (`after_ms`, `Retry-After`); a longer one is cut to it.
    public var askedWaitMax = Duration.seconds(300)
    /// How long a connection must have been of use for the waits to start over.
    public var provenAfter = Duration.seconds(5)
    /// The largest message that is taken, in bytes; a larger one ends the connection with code 1009.
    public var messageBytesMax = 1 << 20
    /// TLS settings of your own for `wss`; nil for the system's trusted certificates and TLS 1.2 or later. One context
    /// can serve any number of followers, and making one takes milliseconds.
    public var tls: NIOSSLContext?

    /// The board `global` of a server, with the defaults.
    ///
    /// - Parameter url: as ``url``.
    public init(url: String) {
        self.url = url
    }

    /// All that is wrong, each as a sentence; empty if it can be used.
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
