import NIOCore
import Synchronization

/// Which messages of Redis' pub/sub get lost on a relay. Everything else that Redis says goes through.
final class MessageFilter: Sendable {
    /// What gets lost.
    enum Rule: Sendable {
        case nothing
        /// The tops of boards: a message is lost now and then, and nobody can know.
        case tops
        /// All messages: the subscription is deaf.
        case messages
    }

    private let state = Mutex<(rule: Rule, dropped: Int)>((.nothing, 0))

    /// What gets lost from now on.
    func lose(_ rule: Rule) { state.withLock { $0.rule = rule } }

    /// How many messages were lost.
    var dropped: Int { state.withLock { $0.dropped } }

    /// Whether a message of a channel gets lost; counts it.
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

/// Cuts one connection's replies (RESP2) into values, and leaves out the messages that get lost.
struct MessageSieve {
    private let filter: MessageFilter
    private var unread = ByteBuffer()

    init(_ filter: MessageFilter) { self.filter = filter }

    /// Takes what Redis sent; what of it goes on. The part of a value waits for the rest.
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

    /// Where the value ends that begins there; nil where it has not come as a whole.
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

    /// The first byte of a line, the number behind it (0 where it is none), and where the next line begins.
    private func line(at start: Int) -> (first: UInt8, number: Int, next: Int)? {
        guard let view = unread.viewBytes(at: start, length: unread.writerIndex - start), let first = view.first,
            let newline = view.firstIndex(of: UInt8(ascii: "\n"))
        else { return nil }
        let text = String(decoding: view[(start + 1)..<newline].dropLast(), as: UTF8.self)
        return (first, Int(text) ?? 0, newline + 1)
    }

    /// The channel of `*3 message <channel> <payload>`; nil for anything else.
    private static func channel(ofMessage value: ByteBuffer) -> String? {
        var value = value
        guard value.readString(length: 17) == "*3\r\n$7\r\nmessage\r\n" else { return nil }
        let rest = String(buffer: value)
        return rest.split(separator: "\r\n", maxSplits: 2).dropFirst().first.map { String($0) }
    }
}
