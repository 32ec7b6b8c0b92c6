import NIOCore
import Synchronization

/// Decides which messages of Redis' pub/sub a relay loses. Everything else that Redis sends passes.
final class MessageFilter: Sendable {
    /// The messages to lose.
    enum Rule: Sendable {
        case nothing
        /// The tops of boards: a message is sometimes lost, and nobody can notice it.
        case tops
        /// All messages: the subscription is deaf.
        case messages
    }

    private let state = Mutex<(rule: Rule, dropped: Int)>((.nothing, 0))

    /// Sets which messages are lost from now on.
    func lose(_ rule: Rule) { state.withLock { $0.rule = rule } }

    /// The number of lost messages.
    var dropped: Int { state.withLock { $0.dropped } }

    /// Returns whether a message of a channel is lost, and counts it.
    func drops(_ channel: String) -> Bool {
        state.withLock { state in
            let drops =
                switch state.rule {
                case .nothing: false
                case .tops: channel.contains(":top:")
                case .messages: true
                }
            if drops { state.dropped += 1 }
            return drops
        }
    }
}

/// Splits one connection's replies (RESP2) into values, and leaves out the messages that are lost.
struct MessageSieve {
    private let filter: MessageFilter
    private var unread = ByteBuffer()

    init(_ filter: MessageFilter) { self.filter = filter }

    /// Returns what makes the filter of each connection of a relay.
    static func filter(_ filter: MessageFilter) -> @Sendable () -> (ByteBuffer) -> ByteBuffer {
        {
            var sieve = MessageSieve(filter)
            return { sieve.pass($0) }
        }
    }

    /// Takes bytes from Redis, and returns those to pass on. A part of a value is kept until the rest comes.
    mutating func pass(_ bytes: ByteBuffer) -> ByteBuffer {
        unread.writeImmutableBuffer(bytes)
        var passed = ByteBuffer()
        while let end = end(of: unread.readerIndex), var value = unread.readSlice(length: end - unread.readerIndex) {
            if let channel = Self.channel(ofMessage: value), filter.drops(channel) { continue }
            passed.writeBuffer(&value)
        }
        unread.discardReadBytes()
        return passed
    }

    /// Returns the end of the value that begins at `start`, or nil if it is incomplete.
    private func end(of start: Int) -> Int? {
        guard let (first, number, next) = line(at: start) else { return nil }
        switch first {
        case UInt8(ascii: "$") where number >= 0:
            return next + number + 2 <= unread.writerIndex ? next + number + 2 : nil
        case UInt8(ascii: "*") where number > 0:
            var place = next
            for _ in 0..<number {
                guard let end = end(of: place) else { return nil }
                place = end
            }
            return place
        default:
            return next
        }
    }

    /// Returns the first byte of a line, the number after it (0 if there is none), and the start of the next line.
    private func line(at start: Int) -> (first: UInt8, number: Int, next: Int)? {
        guard let view = unread.viewBytes(at: start, length: unread.writerIndex - start), let first = view.first,
            let newline = view.firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        let text = String(decoding: view[(start + 1)..<newline].dropLast(), as: UTF8.self)
        return (first, Int(text) ?? 0, newline + 1)
    }

    /// Returns the channel of `*3 message <channel> <payload>`, or nil for anything else.
    private static func channel(ofMessage value: ByteBuffer) -> String? {
        var value = value
        guard value.readString(length: 17) == "*3\r\n$7\r\nmessage\r\n" else { return nil }
        let rest = String(buffer: value)
        return rest.split(separator: "\r\n", maxSplits: 2).dropFirst().first.map { String($0) }
    }
}
