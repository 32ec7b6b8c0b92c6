import Leaderboard
import Listener
import NIOCore
import StrictJSON

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
