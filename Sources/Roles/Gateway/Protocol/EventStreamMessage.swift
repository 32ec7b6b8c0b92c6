import HTTPKit
import NIOCore
import StrictJSON

/// Makes the parts of an event stream (HTML Standard, 9.2, "Server-sent events").
enum EventStreamMessage {
    /// A message for `onmessage`. The JSON has no line breaks, so its data is one line.
    ///
    /// - Parameters:
    ///   - capacity: about how many bytes the JSON will have.
    ///   - state: the state that a client has after the message, which becomes its id; nil if the message changes none.
    ///   - retryMilliseconds: how long a client is to wait before it connects again; nil to say nothing.
    ///   - body: writes the JSON.
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

    /// A comment, which clients ignore. It shows proxies and the kernel that the stream is alive. Shared by all
    /// streams.
    static let heartbeat = ByteBuffer(string: ":\n\n")
}
