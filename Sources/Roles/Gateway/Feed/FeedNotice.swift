import NIOCore
import StrictJSON

/// What the sessions of a node are told of whether it receives changes: one for each outage and each end of one, made
/// once for all of them.
final class FeedNotice: Sendable {
    /// Counts the notices of the node: those with an odd number say `stale`, the others `current`.
    let number: UInt32
    private let webSocket: ByteBuffer
    private let events: ByteBuffer

    /// - Parameter since: for `stale`: the last moment at which the node was known to receive, in ms since 1970.
    init(number: UInt32, since: Int64) {
        self.number = number
        func body(_ json: inout JSONWriter<ByteBuffer>) {
            json.beginObject()
            json.member("type", Self.isStale(number) ? "stale" : "current")
            if Self.isStale(number) { json.member("since", since) }
            json.endObject()
        }
        webSocket = ServerFrame.text(capacity: 64, body)
        events = ServerEvent.message(capacity: 64, state: nil, body)
    }

    /// The message as a session takes it; nil if what `heard` said holds still.
    func frame(after heard: UInt32, as encoding: MessageEncoding) -> ByteBuffer? {
        guard number != heard, Self.isStale(number) || Self.isStale(heard) else { return nil }
        return switch encoding {
        case .webSocket: webSocket
        case .events: events
        }
    }

    private static func isStale(_ number: UInt32) -> Bool { !number.isMultiple(of: 2) }
}

extension LoopHub {
    /// Tells all sessions whether the node receives changes.
    func announce(_ notice: FeedNotice) {
        self.notice = notice
        // Those of an earlier notice that had not their turn get this one alone.
        unnotified = wheel.entries as [any HubSession] + streams.entries as [any HubSession]
        inSlices { [self] in
            for _ in 0..<Self.sliceSeats {
                guard let session = unnotified.popLast() else {
                    unnotified = []  // Gives its memory back.
                    return false
                }
                // The tops first: `current` is to be true of them.
                if session.isWritable { catchUp(session) }
            }
            return true
        }
    }

    /// Tells a session whether the node receives changes, if it does not know. One that takes nothing now hears it when
    /// it does again, and then what holds by then.
    func notify(_ session: any HubSession) {
        guard let notice, session.noticeNumber != notice.number, session.isOpen, session.isWritable else { return }
        let frame = notice.frame(after: session.noticeNumber, as: session.encoding)
        session.noticeNumber = notice.number
        if let frame { session.send(frame) }
    }
}
