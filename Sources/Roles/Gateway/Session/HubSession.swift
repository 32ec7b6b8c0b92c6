/// A connection that a hub looks after: a WebSocket or an event stream.
protocol HubSession: RoomMember, WheelEntry {
    /// Whether it was not said good-bye to yet.
    var isOpen: Bool { get }
    /// The token that it has shown; nil where there was none, or no good one.
    var watcherToken: WatcherToken? { get }
    /// Says when to come back, and closes.
    func sendAway(afterMilliseconds: Int)
    /// The number of the last `FeedNotice` that holds for it; 0 before the first.
    var noticeNumber: UInt32 { get set }
    /// Says why it has to end, and closes.
    func end(_ problem: ClientMessageProblem)
    /// Ends the connection at once.
    func cut()
}
