import NIOCore
import RedisClient
import Testing

/// However the bytes are split, replies are read whole, in order, and within the limits.
struct RESPReaderTests {
    private static let wire =
        "+OK\r\n-WRONGTYPE Operation against a key\r\n-ERR\r\n:0\r\n:-9223372036854775808\r\n:9223372036854775807\r\n"
        + "$0\r\n\r\n$5\r\na\r\nbc\r\n$-1\r\n*-1\r\n*0\r\n*3\r\n:1\r\n$-1\r\n*2\r\n+a\r\n*0\r\n"
        + "*1\r\n*1\r\n*2\r\n-NOSCRIPT No\r\n*-1\r\n+\r\n"
    private static let values: [RESPValue] = [
        .simpleString(bytes("OK")), .error(RESPError(code: "WRONGTYPE", message: "Operation against a key")),
        .error(RESPError(code: "ERR", message: "")), .integer(0), .integer(.min), .integer(.max), .bulkString([]),
        .bulkString(bytes("a\r\nbc")), .null, .null, .array([]),
        .array([.integer(1), .null, .array([.simpleString(bytes("a")), .array([])])]),
        .array([.array([.array([.error(RESPError(code: "NOSCRIPT", message: "No")), .null])])]), .simpleString([]),
    ]

    @Test func everyTypeSplitAtEveryBoundary() throws {
        let wire = bytes(Self.wire)
        for split in 0...wire.count {
            let replies = try read([Array(wire[..<split]), Array(wire[split...])])
            #expect(replies == Self.values, "split at \(split)")
        }
    }

    @Test func everyTypeByteByByte() throws {
        #expect(try read(bytes(Self.wire).map { [$0] }) == Self.values)
    }

    /// One buffer with many replies makes hiredis shorten and move its own buffer many times.
    @Test func manyRepliesInOneRead() throws {
        let count = 20_000
        let wire = (0..<count).map { ":\($0)\r\n$4\r\nbulk\r\n" }.joined()
        let replies = try read([bytes(wire)])
        #expect(replies.count == 2 * count)
        #expect(
            replies.enumerated().allSatisfy {
                $1 == ($0 % 2 == 0 ? .integer(Int64($0 / 2)) : .bulkString(bytes("bulk")))
            })
    }

    @Test func largeBulkString() throws {
        let payload = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
        let wire = bytes("$\(payload.count)\r\n") + payload + bytes("\r\n+next\r\n")
        let pieces = stride(from: 0, to: wire.count, by: 65_536).map { Array(wire[$0..<min($0 + 65_536, wire.count)]) }
        #expect(try read(pieces) == [.bulkString(payload), .simpleString(bytes("next"))])
    }

    @Test func bytesArePassedOnWithinABuffer() throws {
        var buffer = ByteBuffer(string: "junk:7\r\njunk")
        buffer.moveReaderIndex(forwardBy: 4)
        buffer.moveWriterIndex(to: 8)
        var replies: [RESPValue] = []
        try RESPReader(limits: limits()).read(buffer) {
            replies.append($0)
            return true
        }
        #expect(replies == [.integer(7)])
    }

    @Test func replyOverTheLimitIsRefusedBeforeItIsWhole() throws {
        let reader = try RESPReader(limits: limits(bytes: 1000))
        let wire = bytes("+OK\r\n$1000000\r\n") + [UInt8](repeating: 0, count: 1_000_000)
        var fed = 0
        let error = #expect(throws: RedisError.self) {
            for piece in stride(from: 0, to: wire.count, by: 100) {
                fed = piece + 100
                try reader.read(ByteBuffer(bytes: wire[piece..<min(fed, wire.count)])) { _ in true }
            }
        }
        #expect(error?.code == .replyTooLarge)
        #expect((1001...1105).contains(fed))
        // The reader cannot know where the next reply begins, so it stays unusable.
        #expect(throws: RedisError.self) { try reader.read(ByteBuffer(string: "+OK\r\n")) { _ in true } }
    }

    /// A reply of exactly the limit is accepted, also if it arrives whole.
    @Test func limitIsExact() throws {
        let wire = bytes("$90\r\n") + [UInt8](repeating: 65, count: 90) + bytes("\r\n")
        let twice = wire + wire
        #expect(try read([twice], limits(bytes: wire.count)).count == 2)
        #expect(throws: RedisError.self) { try read([twice], limits(bytes: wire.count - 1)) }
    }

    /// The limit of bytes is for the whole reply, not only for one string in it.
    @Test func arrayOverTheLimitOfBytes() throws {
        let wire = "*100\r\n" + String(repeating: ":1\r\n", count: 100)
        #expect(try read([bytes(wire)], limits(bytes: wire.utf8.count)).count == 1)
        #expect(throws: RedisError.self) { try read([bytes(wire)], limits(bytes: 300)) }
    }

    @Test("Arrays nest up to a depth, and no deeper", arguments: [(8, true), (9, false)])
    func nesting(depth: Int, isTaken: Bool) throws {
        let wire = bytes(String(repeating: "*1\r\n", count: depth) + ":1\r\n")
        if isTaken {
            #expect(try read([wire]).count == 1)
        } else {
            #expect(code { try read([wire]) } == .protocolViolation)
        }
        #expect(code { try read([wire], limits(depth: 3)) } == .protocolViolation)
    }

    @Test func announcedArrayOverTheLimit() throws {
        #expect(code { try read([bytes("*1001\r\n")], limits(elements: 1000)) } == .replyTooLarge)
        #expect(code { try read([bytes("*2147483647\r\n")], limits(elements: 1000)) } == .replyTooLarge)
        // An array header within the limit allocates nothing for its elements, and is not a reply yet.
        #expect(try read([bytes("*1000000\r\n")], limits(elements: 1_000_000)).isEmpty)
    }

    @Test(arguments: ["?\r\n", ":x\r\n", "$x\r\n", "$-2\r\n", "*-2\r\n", "HTTP/1.1 400 Bad Request\r\n", "*1\r\n%\r\n"])
    func whatIsNotRESP2(wire: String) throws {
        #expect(code { try read([bytes(wire)]) } == .protocolViolation)
    }

    @Test func bodyCanStop() throws {
        var count = 0
        try RESPReader(limits: limits()).read(ByteBuffer(string: ":1\r\n:2\r\n:3\r\n")) { _ in
            count += 1
            return count < 2
        }
        #expect(count == 2)
    }

    private func code(_ body: () throws -> Void) -> RedisError.Code? {
        #expect(throws: RedisError.self, performing: body)?.code
    }
}

/// Conversions of the values in replies.
struct RESPValueTests {
    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("42", 42), ("-42", -42), ("007", 7), ("9223372036854775807", Int64.max),
            ("-9223372036854775808", .min), ("9223372036854775808", nil), ("-9223372036854775809", nil), ("", nil),
            ("-", nil),
            ("+1", nil), (" 1", nil), ("1a", nil), ("99999999999999999999999", nil), ("1.0", nil),
        ] as [(String, Int64?)])
    func integers(text: String, expected: Int64?) {
        #expect(RESPValue.bulkString(bytes(text)).int64 == expected)
        #expect(RESPValue.simpleString(bytes(text)).int64 == expected)
    }

    @Test("A value is seen as text, number or bytes only if it is one")
    func views() throws {
        #expect(RESPValue.bulkString(bytes("é")).string == "é")
        #expect(RESPValue.integer(5).string == "5")
        #expect(RESPValue.integer(5).int64 == 5)
        #expect(RESPValue.integer(5).bytes == nil)
        #expect(RESPValue.null.isNull)
        #expect(RESPValue.array([.null]).array == [.null])
        #expect(RESPValue.null.string == nil)
        let error = RESPValue.error(RESPError(line: bytes("OOM command not allowed")))
        #expect(error.error == RESPError(code: "OOM", message: "command not allowed"))
        let thrown = #expect(throws: RedisError.self) { try error.checked() }
        #expect(thrown?.serverCode == "OOM")
        #expect(thrown?.code == .server)
    }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

private func limits(bytes: Int = 1 << 24, depth: Int = 8, elements: Int = 1 << 20) -> RESPReader.Limits {
    .init(maxReplyBytes: bytes, maxDepth: depth, maxArrayElements: elements)
}

@discardableResult
private func read(_ pieces: [[UInt8]], _ limits: RESPReader.Limits = limits()) throws -> [RESPValue] {
    let reader = try RESPReader(limits: limits)
    var replies: [RESPValue] = []
    for piece in pieces {
        try reader.read(ByteBuffer(bytes: piece)) {
            replies.append($0)
            return true
        }
    }
    return replies
}
