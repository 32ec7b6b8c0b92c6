import NIOCore

/// A client that follows rooms, on one event loop: a WebSocket session or an event stream.
package protocol RoomMember: AnyObject {
    /// Its seats in the rooms that it follows.
    var seats: [Seat] { get set }
    /// Whether a message that is sent now leaves at once, instead of waiting in memory.
    var isWritable: Bool { get }
    /// How messages to it are encoded. Never changes.
    var encoding: MessageEncoding { get }
    /// Writes a ready message and flushes.
    func send(_ frame: ByteBuffer)
}
