import Leaderboard
import Listener
import NIOCore
import StrictJSON

/// How messages are put on a connection. The message itself is the same JSON in each.
enum WireForm: Hashable, Sendable {
    /// A text frame, compressed where that was agreed and pays.
    case webSocket(Wire)
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
        case .webSocket(let wire): ServerFrame.text(ServerFrame.text(capacity: capacity, body), for: wire)
        case .events: ServerEvent.message(capacity: capacity, state: state, body)
        }
    }
}

/// The parts of an event stream (HTML Standard, 9.2, "Server-sent events").
enum ServerEvent {
    /// A message for `onmessage`. JSON has no line breaks, so its data is one line.
    static func message(
        capacity: Int, state: (epoch: String, version: Int64)?, retryMilliseconds: Int? = nil,
        _ body: (inout JSONWriter<ByteBuffer>) -> Void
    ) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(96 + capacity)
        if let state { buffer.writeString("id: \(state.epoch):\(state.version)\n") }
        if let retryMilliseconds { buffer.writeString("retry: \(retryMilliseconds)\n") }
        buffer.writeStaticString("data: ")
        JSONWriter.append(to: &buffer, body)
        buffer.writeStaticString("\n\n")
        return buffer
    }

    /// A comment, which clients ignore: shows proxies and the kernel that the stream lives. One for all.
    static let heartbeat = ByteBuffer(string: ":\n\n")
}
