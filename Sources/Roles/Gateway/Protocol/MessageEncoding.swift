import NIOCore
import StrictJSON
import WebSocket

/// How messages are written to a connection. The JSON of a message is the same in each encoding.
package enum MessageEncoding: Hashable, Sendable {
    /// A text frame, compressed if that was agreed and makes it shorter.
    case webSocket(Compression)
    /// An event of a `text/event-stream`.
    case events

    /// A message, ready for any number of sockets.
    ///
    /// - Parameters:
    ///   - capacity: about how many bytes its JSON will have.
    ///   - state: the state that a client has after it; nil if the message changes none.
    ///   - body: writes the JSON.
    func message(
        capacity: Int, state: (epoch: String, version: Int64)? = nil, _ body: (inout JSONWriter<ByteBuffer>) -> Void
    ) -> ByteBuffer {
        switch self {
        case .webSocket(let compression): ServerFrame.text(ServerFrame.text(capacity: capacity, body), for: compression)
        case .events: EventStreamMessage.message(capacity: capacity, state: state, body)
        }
    }
}
