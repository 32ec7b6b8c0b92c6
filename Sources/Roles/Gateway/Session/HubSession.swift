/// A connection that a hub looks after: a WebSocket or an event stream.
protocol HubSession: RoomMember, WheelEntry {
    /// Whether it has not been told to leave yet.
    var isOpen: Bool { get }
    /// The valid token that it was opened with; nil if there was none.
    var watcherToken: WatcherToken? { get }
    /// Tells the client when to come back, and closes.
    func sendAway(afterMilliseconds: Int)
    /// The number of the last `FeedNotice` that it knows; 0 before the first.
    var noticeNumber: UInt32 { get set }
    /// Tells the client why the connection ends, and closes.
    func end(_ problem: ClientMessageProblem)
    /// Ends the connection at once.
    func cut()
}
