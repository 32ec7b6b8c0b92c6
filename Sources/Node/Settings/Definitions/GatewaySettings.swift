/// What a gateway may spend on its clients, and how long it waits for them (`SCORECAST_GATEWAY_…`).
///
/// Rates of the node and of addresses let a whole period's worth pass at once, but for `joinRate`, which is kept
/// evenly.
public struct GatewaySettings: Sendable {
    // MARK: Connections

    /// WebSockets and event streams open at once on this node (`SCORECAST_GATEWAY_CONNECTIONS`).
    public var connectionsMax = 100_000
    /// The same for one client address; nil: no limit (`SCORECAST_GATEWAY_ADDRESS_CONNECTIONS`).
    public var addressConnectionsMax: Int?

    // MARK: Joins

    /// Opening handshakes that this node takes, evenly; nil: no limit (`SCORECAST_GATEWAY_JOIN_RATE`).
    public var joinRate: RateLimitSetting? = RateLimitSetting(count: 1000, periodMilliseconds: 1000)
    /// How long a handshake over that rate may wait for its turn (`SCORECAST_GATEWAY_JOIN_WAIT`).
    public var joinWait: Duration = .seconds(5)
    /// Handshakes and `join-room` messages of one client address; nil: no limit
    /// (`SCORECAST_GATEWAY_ADDRESS_JOIN_RATE`).
    public var addressJoinRate: RateLimitSetting?
    /// Rooms of one connection (`SCORECAST_GATEWAY_ROOMS`).
    public var roomsMax = 64

    // MARK: Messages

    /// Frames that all clients of this node send; nil: no limit (`SCORECAST_GATEWAY_MESSAGE_RATE`).
    public var messageRate: RateLimitSetting? = RateLimitSetting(count: 100_000, periodMilliseconds: 1000)
    /// Frames that the connections of one client address send; nil: no limit
    /// (`SCORECAST_GATEWAY_ADDRESS_MESSAGE_RATE`).
    public var addressMessageRate: RateLimitSetting?
    /// Frames that one connection may send in a second (`SCORECAST_GATEWAY_CONNECTION_MESSAGES`).
    public var connectionMessagesMax = 100
    /// The largest message of a client, in bytes (`SCORECAST_GATEWAY_MESSAGE_BYTES`).
    public var messageBytesMax = 16_384
    /// Frames that one message may come in (`SCORECAST_GATEWAY_MESSAGE_FRAMES`).
    public var messageFramesMax = 256
    /// Whether large messages are compressed for clients that offer it (`SCORECAST_GATEWAY_COMPRESSION`).
    public var compression: Switch = .on

    // MARK: Boards

    /// How many versions of a board are kept for deltas and resume (`SCORECAST_GATEWAY_HISTORY`).
    public var historyVersions = 64
    /// How long a board that nobody watches any more is followed (`SCORECAST_GATEWAY_LINGER`).
    public var linger: Duration = .seconds(30)
    /// About how often a watched board is compared with Redis (`SCORECAST_GATEWAY_COMPARISON`).
    public var comparison: Duration = .seconds(3)

    // MARK: Time

    /// Between two pings of a WebSocket, a fifth more or less (`SCORECAST_GATEWAY_PING`).
    public var ping: Duration = .seconds(25)
    /// After how long a silent client is cut (`SCORECAST_GATEWAY_SILENCE`).
    public var silence: Duration = .seconds(60)
    /// Between two comments in an event stream (`SCORECAST_GATEWAY_HEARTBEAT`).
    public var heartbeat: Duration = .seconds(20)
    /// How long a client may take to answer a close frame (`SCORECAST_GATEWAY_CLOSE_WAIT`).
    public var closeWait: Duration = .seconds(5)
    /// Over how long the clients of a node that stops come back (`SCORECAST_GATEWAY_DRAIN_SPREAD`).
    public var drainSpread: Duration = .seconds(5)
    /// Over how long a node that stops closes its connections (`SCORECAST_GATEWAY_DRAIN_PACE`).
    public var drainPace: Duration = .seconds(1)

    /// On or off.
    public enum Switch: String, Sendable, CaseIterable {
        /// It is done.
        case on
        /// It is not.
        case off
    }

    /// The defaults.
    public init() {}

    /// Why the times do not fit together; nil where they do.
    package var problem: (key: String, reason: String)? {
        // A ping needs time to be answered.
        guard silence * 5 < ping * 6 + .seconds(5) else { return nil }
        return ("SCORECAST_GATEWAY_SILENCE", "is not a second more than SCORECAST_GATEWAY_PING and a fifth of it")
    }
}
