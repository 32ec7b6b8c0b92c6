import CZlib
import Glibc
import NIOCore
import TestSupport
import Testing
import WebSocket

/// Frames that no server may accept, byte by byte, and compressed messages.
@Suite struct InboundFramesTests {
    private static let limits = InboundFrames.Limits(messageBytesMax: 16_384, framesPerMessageMax: 256)

    /// The outcomes of these bytes if they arrive in pieces of this size.
    private func events(_ bytes: [UInt8], piece: Int, deflate: Bool = false) -> [InboundFrames.Incoming] {
        var frames = InboundFrames()
        var events: [InboundFrames.Incoming] = []
        for start in stride(from: 0, to: bytes.count, by: piece) {
            var buffer = ByteBuffer(bytes: bytes[start..<min(bytes.count, start + piece)])
            while let event = frames.next(from: &buffer, limits: Self.limits, allowsCompression: deflate) {
                events.append(event)
            }
        }
        return events
    }

    @Test func readsFramesInAnyPieces() {
        let long = [UInt8](repeating: 0x62, count: 300)
        let bytes =
            ClientFrame.bytes(opcode: 1, [0xE2, 0x82], fin: false) + ClientFrame.bytes(opcode: 9, [1, 2, 3, 4, 5])
            + ClientFrame.bytes(opcode: 0, [0xAC]) + ClientFrame.bytes(opcode: 2, long)
            + ClientFrame.bytes(opcode: 8, [0x03, 0xE8])
        for piece in 1...bytes.count {
            #expect(
                events(bytes, piece: piece) == [
                    .fragment, .ping(ByteBuffer(bytes: [1, 2, 3, 4, 5])), .text(ByteBuffer(string: "\u{20AC}")),
                    .binary(ByteBuffer(bytes: long)), .close(CloseCode(rawValue: 1000)),
                ], "pieces of \(piece)")
        }
    }

    @Test func refusesLengthsThatAreNotTheShortest() {
        let heads: [[UInt8]] = [
            [0x82, 0xFE, 0, 125], [0x82, 0xFF, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF],
            [0x82, 0xFF, 0x80, 0, 0, 0, 0, 1, 0, 0], [0x81, 0x01], [0xC1, 0x81], [0xA1, 0x81], [0x83, 0x80],
            [0x8B, 0x80], [0x09, 0x80], [0x89, 0xFE], [0x80, 0x80],
        ]
        for head in heads { #expect(events(head + [0, 0, 0, 0], piece: 1) == [.violation(.protocolError)], "\(head)") }
        #expect(events([0x82, 0xFE, 0x40, 0x01, 0, 0, 0, 0], piece: 1) == [.violation(.tooBig)])
    }

    @Test func endsFloodsOfEmptyFragments() {
        let start = ClientFrame.bytes(opcode: 1, [], fin: false)
        let flood = (0..<300).flatMap { _ in ClientFrame.bytes(opcode: 0, [], fin: false) }
        let seen = events(start + flood, piece: 64)
        #expect(seen.last == .violation(.policy))
        #expect(seen.count == 257)
    }

    @Test func refusesTextAtItsFirstWrongByte() {
        // The frame says 100 bytes; the third can follow nothing.
        let frame = ClientFrame.bytes(opcode: 1, [0x61, 0xED, 0xA0] + [UInt8](repeating: 0x61, count: 97))
        #expect(events(Array(frame[..<9]), piece: 1) == [.violation(.invalidPayload)])
    }

    @Test func refusesCloseCodes() {
        for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2000, 2999, 5000, 65535] as [UInt16] {
            let frame = ClientFrame.bytes(opcode: 8, [UInt8(code >> 8), UInt8(code & 0xFF)])
            #expect(events(frame, piece: 3) == [.violation(.protocolError)], "\(code)")
        }
    }

    @Test func inflatesWithinTheLimit() {
        // RFC 7692, 7.2.3.1, in two fragments, and 7.2.3.4 with a last block.
        let hello: [UInt8] = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00]
        let parts =
            ClientFrame.bytes(opcode: 1, Array(hello[..<3]), fin: false, reserved: 4)
            + ClientFrame.bytes(opcode: 0, Array(hello[3...]))
        #expect(events(parts, piece: 5, deflate: true) == [.fragment, .text(ByteBuffer(string: "Hello"))])
        let last: [UInt8] = [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00]
        #expect(
            events(ClientFrame.bytes(opcode: 1, last, reserved: 4), piece: 9, deflate: true)
                == [.text(ByteBuffer(string: "Hello"))])
        for broken in [[], [0xF2, 0x48], [0xFF, 0xFF, 0xFF]] as [[UInt8]] {
            #expect(
                events(ClientFrame.bytes(opcode: 1, broken, reserved: 4), piece: 9, deflate: true)
                    == [.violation(.invalidPayload)], "\(broken)")
        }
        // Zeros: a thousand to one.
        var bomb = [UInt8](repeating: 0, count: 16_000)
        var length = uLongf(bomb.count)
        compress2(&bomb, &length, [UInt8](repeating: 0, count: 10_000_000), 10_000_000, 9)
        let raw = Array(bomb[2..<Int(length - 4)])
        #expect(
            events(ClientFrame.bytes(opcode: 2, raw, reserved: 4), piece: 4096, deflate: true)
                == [.violation(.tooBig)])
    }

    /// Mutated frames crash nothing, and nothing unmasked passes.
    @Test func survivesMutations() {
        var random = SplitMix64(seed: 7)
        let seeds = [
            ClientFrame.bytes(opcode: 1, Array("hello".utf8)), ClientFrame.bytes(opcode: 9, [1]),
            ClientFrame.bytes(opcode: 8, [0x03, 0xE8]),
            ClientFrame.bytes(opcode: 1, [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00], reserved: 4),
            ClientFrame.bytes(opcode: 2, [UInt8](repeating: 1, count: 200), fin: false),
        ]
        for _ in 0..<(getenv("SCORECAST_FULL") == nil ? 20_000 : 1_000_000) {
            var bytes = seeds[Int(random.next() % 5)] + seeds[Int(random.next() % 5)]
            for _ in 0..<(random.next() % 4) {
                bytes[Int(random.next() % UInt64(bytes.count))] ^= UInt8(1 << (random.next() % 8))
            }
            let seen = events(bytes, piece: 1 + Int(random.next() % 64), deflate: true)
            if bytes[1] & 0x80 == 0 { #expect(seen == [.violation(.protocolError)]) }
        }
    }
}
