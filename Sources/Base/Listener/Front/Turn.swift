import DequeModule
import HTTPKit
import NIOCore
import NIOHTTP1

/// One turn of a connection: the parts of requests that come with one read, and the answers to them. The answers are
/// gathered, and written in one go when the turn ends. Pure.
///
///     idle ──beginReading──▶ reading ──endReading──▶ idle, and the turn ends
///
/// In both states, the parts that wait are taken one after another between `beginAdvancing` and `endAdvancing`. If that
/// happens in `idle`, since an answer has come, the turn ends with it.
package struct Turn {
    /// The decision about a part of a request.
    package enum Arrival: Equatable {
        /// Work on it now.
        case take
        /// It is kept. `next` returns it later.
        case wait
        /// Too many parts wait. This one is not kept.
        case refuse
    }

    /// Parts of pipelined requests that wait until the request in progress is answered.
    private var waiting = Deque<HTTPServerRequestPart>()
    /// Answers that were made in this turn.
    private var gathered = ByteBuffer()
    private var isReading = false
    private var isAdvancing = false
    /// Whether somebody has asked to read while nothing more could be taken.
    private var readIsHeld = false
    /// Whether Hummingbird has parts that it looks at when it is told that the read is complete.
    private var hasForwarded = false

    /// A turn in which nothing has come.
    package init() {}

    // MARK: Parts

    /// Whether no parts wait.
    package var isCaughtUp: Bool { waiting.isEmpty }

    /// The number of parts that wait.
    package var waitingCount: Int { waiting.count }

    /// A part of a read comes.
    package mutating func beginReading() { isReading = true }

    /// Decides about a part that has come, and keeps it if it has to wait.
    ///
    /// - Parameters:
    ///   - mustWait: whether the connection cannot work on it now.
    ///   - partsMax: how many parts may wait.
    package mutating func receive(_ part: HTTPServerRequestPart, mustWait: Bool, partsMax: Int) -> Arrival {
        if waiting.isEmpty, !mustWait { return .take }
        guard waiting.count < partsMax else { return .refuse }
        waiting.append(part)
        return .wait
    }

    /// Starts to take the parts that wait. False if they are being taken already, further up the stack.
    package mutating func beginAdvancing() -> Bool {
        guard !isAdvancing else { return false }
        isAdvancing = true
        return true
    }

    /// The next part that waits.
    package mutating func next() -> HTTPServerRequestPart? { waiting.popFirst() }

    /// No more parts can be taken now.
    ///
    /// - Returns: whether the turn ends. While parts of a read arrive, the end of the read is the end of the turn.
    package mutating func endAdvancing() -> Bool {
        isAdvancing = false
        return !isReading
    }

    /// The read is complete, and the turn ends.
    ///
    /// - Parameter hasForwarded: whether Hummingbird has to be told.
    package mutating func endReading(hasForwarded: Bool) {
        isReading = false
        if hasForwarded { self.hasForwarded = true }
    }

    /// Drops the parts that wait, and their memory.
    package mutating func dropWaiting() { waiting = Deque() }

    // MARK: Hummingbird

    /// A part was passed to Hummingbird.
    package mutating func recordForwarded() { hasForwarded = true }

    /// Whether Hummingbird has to be told that the read is complete. It is asked once for each turn.
    package mutating func takeForwarded() -> Bool {
        defer { hasForwarded = false }
        return hasForwarded
    }

    // MARK: Reads

    /// Somebody has asked to read while nothing more can be taken.
    package mutating func holdRead() { readIsHeld = true }

    /// Whether a read is held. It is not held any more afterwards.
    package mutating func releaseRead() -> Bool {
        defer { readIsHeld = false }
        return readIsHeld
    }

    // MARK: Answers

    /// Adds an answer.
    ///
    /// - Returns: whether so much is gathered that it is to be written now.
    package mutating func gather(
        _ response: FastResponse, date: String, connection: ResponseEncoder.Connection, omitsBody: Bool
    ) -> Bool {
        ResponseEncoder.append(response, to: &gathered, date: date, connection: connection, omitsBody: omitsBody)
        return gathered.readableBytes >= ListenerLimits.gatheredBytesMax
    }

    /// Adds the head of a stream.
    package mutating func gatherStreamHead(_ fields: [(name: String, value: String)], date: String) {
        ResponseEncoder.appendStreamHead(fields, to: &gathered, date: date)
    }

    /// Tells a client that asks first to send its body (RFC 9110, 10.1.1).
    package mutating func gatherContinue() { gathered.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n") }

    /// The gathered answers, to be written by the caller; nil if there are none.
    package mutating func takeGathered() -> ByteBuffer? {
        guard gathered.readableBytes > 0 else { return nil }
        let bytes = gathered
        gathered = ByteBuffer()
        return bytes
    }
}
