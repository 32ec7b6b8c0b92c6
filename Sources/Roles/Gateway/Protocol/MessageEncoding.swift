import Leaderboard
import Listener
import NIOCore
import StrictJSON

/// How messages are put on a connection. The message itself is the same JSON in each.
package enum MessageEncoding: Hashable, Sendable {
    /// A text frame, compressed where that was agreed and pays.
    case webSocket(Compression)
    /// An event of a `text/event-stream`.
    case events

    /// A message, ready for any number of sockets.
    ///
    /// - Parameters:
    ///   - capacity: about how many bytes its JSON will have.
    ///   - state: the state that a client has after it; nil where it changes none.
    func message(
        capacity: Int, state: (epoch: String, version: Int64)? = nil, _ body: (inout JSONWriter<ByteBuffer>) -> Void
    ) -> ByteBuffer {
        switch self {
        case .webSocket(let compression): ServerFrame.text(ServerFrame.text(capacity: capacity, body), for: compression)
        case .events: ServerEvent.message(capacity: capacity, state: state, body)
        }
    }
}
