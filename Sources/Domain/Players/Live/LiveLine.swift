import Leaderboard

/// A gateway's way to what happens beside the tops: messages to users, challenge rooms, and moves in rankings; and its
/// way to the play nodes.
///
/// Events arrive one at a time and in order. What is sent while the connection is down is lost.
public protocol LiveLine: Sendable {
    /// Sets who gets the events. To be called once, before anything is followed.
    func begin(_ onEvent: @escaping @Sendable (LiveEvent) -> Void)
    /// Follows a topic. `live` follows when its events arrive.
    func follow(_ topic: LiveTopic)
    /// Stops following a topic.
    func unfollow(_ topic: LiveTopic)
    /// Tells the other gateways how many members of a room this one has.
    func tell(_ presence: GatewayPresence, to challenge: String)
    /// Hands a call to a play node.
    ///
    /// - Parameter completion: called once: with the answer, or with `unavailable` after 2 s without one.
    func call(_ call: RoomCall, completion: @escaping @Sendable (RoomAnswer) -> Void)
    /// Follows the moves in the current ranking of a window, and lets them be published for the next 30 s. To be
    /// repeated while they are wanted.
    ///
    /// - Parameter completion: called once. It fails if the store takes no writes.
    func listen(
        to board: Board, window: String, completion: @escaping @Sendable (Result<Void, StoreError>) -> Void)
    /// Stops following the moves of a window.
    func endListening(to window: BoardWindow)
}

/// What a gateway follows.
public enum LiveTopic: Hashable, Sendable {
    /// Messages to the users of a shard, see `LiveShard`.
    case users(shard: Int)
    /// The room of a challenge.
    case room(String)
    /// Moves in a window's rankings.
    case moves(BoardWindow)
}

/// An event of a `LiveLine`.
public enum LiveEvent: Sendable {
    /// Events of a topic arrive from now on. Some may have been missed before.
    case live(LiveTopic)
    /// The connection is lost. It comes back by itself.
    case cut
    /// A message to a user.
    case message(UserMessage)
    /// A member of a room has come further.
    case progress(RoomProgress, challenge: String)
    /// How many members of a room another gateway has.
    case presence(GatewayPresence, challenge: String)
    /// Users have moved in the current ranking of a window.
    case moves(ScoreMoves, window: BoardWindow)
}

/// A message to the sockets of a user.
public struct UserMessage: Sendable, Equatable {
    /// The user.
    @ByteExact public private(set) var userID: String
    /// Whether only sockets get it that asked for notifications.
    public let isNotification: Bool
    /// One JSON object.
    public let text: String

    /// Gathers the parts.
    public init(userID: String, isNotification: Bool, text: String) {
        self.userID = userID
        self.isNotification = isNotification
        self.text = text
    }
}

/// How many members of a room one gateway has.
public struct GatewayPresence: Sendable, Equatable {
    /// The gateway's name, random.
    public let gateway: String
    /// Its connections in the room.
    public let count: Int
    /// Whether it asks the others for their counts, since it is new in the room.
    public let asks: Bool

    /// Gathers the parts.
    public init(gateway: String, count: Int, asks: Bool = false) {
        self.gateway = gateway
        self.count = count
        self.asks = asks
    }
}

/// The users are spread over a fixed number of channels, so that a gateway gets the messages of its own users and few
/// others.
public enum LiveShard {
    /// The number of shards.
    public static let count = 256

    /// The shard of a user, 0 ..< `count`: FNV-1a (64 bits) of its id, modulo the count.
    public static func shard(of userID: String) -> Int { Int(FNV1a.hash(userID.utf8) % UInt64(count)) }
}
