import Access
import Basics
import Leaderboard

/// How a gateway behaves. All of it has a default but `boards` and `now`.
public struct GatewayConfiguration: Sendable {
    /// The least time between two pushes of one ranking, in ms; the latest version wins. 0 pushes every version.
    public var fanoutIntervalMilliseconds: Int64 = 50
    /// The origins that a browser may connect from, such as `https://example.com`; `*` allows all. Empty allows the
    /// origin that the request's own `Host` names. Clients that send no `Origin` are not browsers and pass.
    public var allowedOrigins: [String] = []
    /// WebSockets and event streams open at once on this node; more are answered with 503. Stops memory use by
    /// connections.
    public var connectionsMax = 100_000
    /// The same for one client address (an IPv4 address, or the /64 network of an IPv6 address); more are answered with
    /// 429. Nil for no limit: behind a proxy that is not in `isTrustedProxy` all clients have its address.
    public var connectionsPerAddressMax: Int?
    /// Opening handshakes and `join-room` messages of one client address; handshakes over it are answered with 429,
    /// such a message ends its connection with 1008. Nil for no limit, as above.
    public var joinRatePerAddress: RateLimit?
    /// Frames that all connections of one client address send together; the one that sends more ends with 1008. Nil for
    /// no limit, as above.
    public var messageRatePerAddress: RateLimit?
    /// Frames that all connections of this node send together; the one that sends more ends with 1013. Nil for no
    /// limit. Stops clients from keeping the node busy together.
    public var messageRate: RateLimit? = RateLimit(count: 100_000, periodMilliseconds: 1000)
    /// Whether an address (4 or 16 bytes) is that of a proxy whose `X-Forwarded-For` is believed; nil when there are
    /// none.
    public var isTrustedProxy: (@Sendable ([UInt8]) -> Bool)?
    /// Opening handshakes that this node takes in a period, evenly; nil for no limit. Stops all clients from coming in
    /// one moment after a restart.
    public var joinRate: RateLimit? = RateLimit(count: 1000, periodMilliseconds: 1000)
    /// How long a handshake over the rate may wait its turn, in ms; what would wait longer is answered with 503.
    public var joinDelayMillisecondsMax: Int64 = 5_000
    /// Rooms that one connection may be in.
    public var roomsPerSessionMax = 64
    /// Frames that one connection may send in one second; more end it with 1008. Stops a client from keeping a loop
    /// busy.
    public var framesPerSecondMax = 100
    /// The largest message of a client, in bytes, also after inflating, up to 16 KiB; a larger one ends the connection
    /// with 1009. Stops memory use by messages.
    public var messageBytesMax = Self.messageBytesMax
    /// Frames that one message may come in; more end the connection with 1008. Stops a message that never ends.
    public var framesPerMessageMax = 256
    /// Whether permessage-deflate is agreed with clients that offer it (RFC 7692).
    public var compressesMessages = true
    /// About how often a watched ranking is compared with the store, in ms. Heals a version that the feed has lost.
    public var comparisonMilliseconds: Int64 = 3_000
    /// How many versions of a ranking are kept, of those that were pushed and again of those that were passed over:
    /// from these a client gets what has changed, from older ones the whole top. Costs memory for each watched ranking.
    public var historyVersionsMax = 64
    /// How long a ranking that nobody watches any more is still followed, in ms, so that clients which come back can
    /// resume.
    public var lingerMilliseconds: Int64 = 30_000
    /// Time between two heartbeats of an event stream, in ms, give or take the jitter of `liveness`; at most 45 000.
    public var heartbeatMilliseconds = 20_000
    /// When a silent peer is asked, and given up.
    public var liveness = Liveness()
    /// How the clients are sent away when the node goes.
    public var drain = Drain()
    /// The boards of the moment.
    public var boards: any BoardSource
    /// Milliseconds since 1970.
    public var now: @Sendable () -> Int64
    /// Checks tokens; nil where there are no keys, and nobody may see a private board.
    public var tokens: TokenVerifiers?
    /// Whether messages sent through the feed arrive here: a check of the feed from end to end. Nil if nobody looks
    /// after that; then the feed's own word is taken.
    public var canary: (@Sendable () -> FeedProof)?

    /// The defaults.
    ///
    /// - Parameters:
    ///   - boards: the boards of the moment.
    ///   - now: milliseconds since 1970.
    public init(boards: any BoardSource, now: @escaping @Sendable () -> Int64) {
        self.boards = boards
        self.now = now
    }

    /// When a silent peer is asked, and given up. Kept in steps of 100 ms.
    public struct Liveness: Sendable {
        /// Time between two pings of a session, in ms; at most 45 000.
        public var pingMilliseconds = 25_000
        /// How much a ping may come earlier or later, in ms, so that sessions opened together are not pinged together.
        public var jitterMilliseconds = 5_000
        /// A peer from which nothing came for so long is closed, in ms.
        public var silenceMilliseconds = 60_000
        /// How long a peer may take to answer a close frame, in ms; at most 45 000.
        public var closeMilliseconds = 5_000

        /// The defaults.
        public init() {}
    }

    /// How the clients are sent away when the node goes.
    public struct Drain: Sendable {
        /// The clients are told to come back after 0 ms to this many, so that they do not all come at once.
        public var reconnectWindowMilliseconds = 5_000
        /// The time over which the connections are closed, in ms.
        public var paceMilliseconds = 1_000
        /// After so long what is still open is cut, in ms.
        public var limitMilliseconds = 10_000

        /// The defaults.
        public init() {}
    }

    /// For how long it need not be proved that changes arrive before the watchers are told, in ms: as long as a canary
    /// may take.
    package var feedPatienceMilliseconds: Int64 = 3_000
    /// How long ago a version was published that comes to an event loop too late to be pushed at once, in ms: another
    /// one may be there already.
    package var lateMilliseconds: Int64 = 5
    /// Shorter messages are sent as they are: compressed they would hardly be shorter, and would cost each client work.
    static let compressedBytesMin = 1024
    /// The most that `messageBytesMax` can be: more than the protocol has use for.
    static let messageBytesMax = 16 * 1024
    /// Bytes that wait in this process for a slow event stream before it is skipped, and down to where it has caught
    /// up. A WebSocket is skipped while anything waits.
    static let waitingBytes = 32 * 1024...64 * 1024
    /// Bytes that the kernel holds unsent for a peer (`TCP_NOTSENT_LOWAT`): what is in there cannot be replaced by a
    /// later state.
    static let unsentKernelBytes = 16 * 1024
}
