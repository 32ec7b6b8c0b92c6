import NIOCore
import StrictJSON
import WebSocket

/// The message that tells sessions whether the node receives changes: `stale` or `current`. There is one for the start
/// and one for the end of each outage, encoded once for all sessions.
package final class FeedNotice: Sendable {
    /// Counts the notices of the node. Odd numbers say `stale`, even ones `current`.
    package let number: UInt32
    private let webSocket: ByteBuffer
    private let events: ByteBuffer

    /// - Parameter since: the last time at which the node was known to receive changes, in ms since 1970. For `stale`.
    package init(number: UInt32, since: Int64) {
        self.number = number
        func body(_ json: inout JSONWriter<ByteBuffer>) {
            json.beginObject()
            json.member("type", Self.isStale(number) ? "stale" : "current")
            if Self.isStale(number) { json.member("since", since) }
            json.endObject()
        }
        webSocket = ServerFrame.text(capacity: 64, body)
        events = EventStreamMessage.message(capacity: 64, state: nil, body)
    }

    /// The message for a session whose last notice had the number `heard`. Nil if that one still holds.
    package func frame(after heard: UInt32, as encoding: MessageEncoding) -> ByteBuffer? {
        guard number != heard, Self.isStale(number) || Self.isStale(heard) else { return nil }
        return switch encoding {
        case .webSocket: webSocket
        case .events: events
        }
    }

    private static func isStale(_ number: UInt32) -> Bool { !number.isMultiple(of: 2) }
}
