import Basics

/// Limits on what a gateway spends on its clients, and how long it waits for them. The defaults are here and nowhere
/// else; the variables that change them, and their bounds, are defined with the module that puts a gateway into a
/// node.
///
/// Rates of the node and of addresses let a whole period's worth pass at once, except `joinRate`, which is kept
/// evenly. Limits of one client address are off, because all clients have the address of a proxy that is not trusted.
public struct GatewaySettings: Sendable {
    // MARK: Connections

    /// WebSockets and event streams open at once on this node; more are answered with 503. Stops memory use by
    /// connections.
    public var connectionsMax = 100_000
    /// The same for one client address (an IPv4 address, or the /64 network of an IPv6 address); more are answered with
    /// 429. Nil for no limit.
    public var addressConnectionsMax: Int?

    // MARK: Joins

    /// Opening handshakes that this node takes, evenly; nil for no limit. Stops all clients from coming in one moment
    /// after a restart.
    public var joinRate: RateLimit? = RateLimit(count: 1000, period: .seconds(1))
    /// How long a handshake over that rate may wait for its turn; what would wait longer is answered with 503.
    public var joinWait: Duration = .seconds(5)
    /// Opening handshakes and `join-room` messages of one client address. A handshake over it is answered with 429, a
    /// message ends its connection with 1008. Nil for no limit.
    public var addressJoinRate: RateLimit?
    /// Rooms that one connection may be in.
    public var roomsMax = 64

    // MARK: Messages

    /// Frames that all clients of this node send; the connection that sends more ends with 1013. Nil for no limit.
    /// Stops clients from keeping the node busy together.
    public var messageRate: RateLimit? = RateLimit(count: 100_000, period: .seconds(1))
    /// Frames that the connections of one client address send; the connection that sends more ends with 1008. Nil for
    /// no limit.
    public var addressMessageRate: RateLimit?
    /// Frames that one connection may send in one second; more end it with 1008. Stops a client from keeping an event
    /// loop busy.
    public var connectionMessagesMax = 100
    /// The largest message of a client, in bytes, also after inflating; a larger one ends the connection with 1009.
    /// Stops memory use by messages.
    public var messageBytesMax = Self.messageBytesBounds.upperBound
    /// Frames that one message may come in; more end the connection with 1008. Stops a message that never ends.
    public var messageFramesMax = 256
    /// Whether permessage-deflate is agreed with clients that offer it (RFC 7692).
    public var compression = true

    // MARK: Boards

    /// The least time between two pushes of one board; the latest version wins. Zero pushes every version.
    public var fanoutInterval: Duration = .milliseconds(50)
    /// How many versions of a board are kept, of those that were pushed and again of those that were passed over: from
    /// these a client gets what has changed, from older ones the whole top. Costs memory for each watched board.
    public var historyVersionsMax = 64
    /// How long a board that nobody watches any more is followed, so that clients which come back can resume.
    public var linger: Duration = .seconds(30)
    /// About how often a watched board is compared with the store. Heals a version that the feed has lost.
    public var comparison: Duration = .seconds(3)

    // MARK: Time

    /// Between two pings of a WebSocket, a fifth more or less. Kept in steps of 100 ms, as are the times below.
    public var ping: Duration = .seconds(25)
    /// After how long a client from which nothing came is cut.
    public var silence: Duration = .seconds(60)
    /// Between two heartbeats of an event stream, more or less by up to a fifth.
    public var heartbeat: Duration = .seconds(20)
    /// How long a client may take to answer a close frame.
    public var closeWait: Duration = .seconds(5)
    /// Clients of a node that stops are told to come back after a random part of this time, so that they do not all
    /// come at once.
    public var drainSpread: Duration = .seconds(5)
    /// Over how long a node that stops closes its connections.
    public var drainPace: Duration = .seconds(1)

    // MARK: Not for operators

    /// After how long without proof that changes arrive the watchers are told: as long as a canary may
    /// take.
    package var feedPatience: Duration = .seconds(3)
    /// The age at which a version comes to an event loop too late to be pushed at once: a newer one may be there
    /// already.
    package var lateAge: Duration = .milliseconds(5)

    /// The bounds of `messageBytesMax`: from the payload of a control frame (RFC 6455 section 5.5) to more than the
    /// protocol uses.
    package static let messageBytesBounds = 125...16 * 1024

    /// The defaults.
    public init() {}

    /// How much earlier or later a ping may come, so that connections opened together are not pinged together.
    package var pingJitter: Duration { ping / 5 }
}
