/// A connection that a hub looks after: a WebSocket or an event stream.
protocol HubSession: RoomMember, WheelEntry {
    /// Whether it was not said good-bye to yet.
    var isOpen: Bool { get }
    /// Says when to come back, and closes.
    func sendAway(afterMilliseconds: Int)
    /// Ends the connection at once.
    func cut()
}
