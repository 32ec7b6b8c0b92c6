import Basics
import NIOCore
import TestSupport
import Testing
import WebSocket

/// The header of a client's frame, bit by bit (RFC 6455, 5.2).
@Suite struct FrameHeaderTests {
    /// The content of a header, in the simplest form that can be compared.
    private enum Reading: Equatable {
        case partial
        case broken
        case header(isFinal: Bool, isCompressed: Bool, opcode: UInt8, length: Int, mask: UInt32, bytes: Int)
    }

    private func read(_ bytes: [UInt8]) -> Reading {
        var buffer = ByteBuffer(bytes: bytes)
        switch FrameHeader.read(from: &buffer) {
        case .partial:
            #expect(buffer.readableBytes == bytes.count, "bytes were taken of \(bytes)")
            return .partial
        case .broken: return .broken
        case .header(let header):
            return .header(
                isFinal: header.isFinal, isCompressed: header.isCompressed, opcode: header.opcode.rawValue,
                length: header.length, mask: header.mask, bytes: bytes.count - buffer.readableBytes)
        }
    }

    private static let mask: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]

    private func header(_ opcode: UInt8, _ length: Int, isFinal: Bool = true, bytes: Int) -> Reading {
        .header(
            isFinal: isFinal, isCompressed: false, opcode: opcode, length: length, mask: 0x37fa_213d, bytes: bytes)
    }

    @Test("A header is read with its shortest length, and taken whole")
    func headers() {
        let rows: [(bytes: [UInt8], reading: Reading)] = [
            ([0x81, 0x80], header(1, 0, bytes: 6)),
            ([0x01, 0x80], header(1, 0, isFinal: false, bytes: 6)),
            ([0x82, 0xFD], header(2, 125, bytes: 6)),
            ([0x82, 0xFE, 0, 126], header(2, 126, bytes: 8)),
            ([0x82, 0xFE, 0xFF, 0xFF], header(2, 65_535, bytes: 8)),
            ([0x80, 0xFF, 0, 0, 0, 0, 0, 1, 0, 0], header(0, 65_536, bytes: 14)),
            ([0x82, 0xFF, 0x7F] + [UInt8](repeating: 0xFF, count: 7), header(2, .max, bytes: 14)),
            ([0x88, 0x82], header(8, 2, bytes: 6)),
            ([0x89, 0xFD], header(9, 125, bytes: 6)),
            ([0x8A, 0x80], header(10, 0, bytes: 6)),
        ]
        for (bytes, reading) in rows {
            #expect(read(bytes + Self.mask) == reading, "\(bytes)")
            #expect(read(bytes + Self.mask + [1, 2, 3]) == reading, "\(bytes), with a payload")
        }
        #expect(FrameHeader.bytesMax == 14)
    }

    @Test("A header that no server may accept is broken as soon as its first bytes show it")
    func broken() {
        let rows: [(name: String, bytes: [UInt8])] = [
            ("no mask", [0x81, 0x00]), ("RSV2", [0xA1, 0x80]), ("RSV3", [0x91, 0x80]),
            ("opcode 3", [0x83, 0x80]), ("opcode 7", [0x87, 0x80]), ("opcode 11", [0x8B, 0x80]),
            ("opcode 15", [0x8F, 0x80]), ("a ping in fragments", [0x09, 0x80]), ("a long ping", [0x89, 0xFE]),
            ("a longer ping", [0x89, 0xFF]), ("a close in fragments", [0x08, 0x80]),
            ("125 in two bytes", [0x82, 0xFE, 0, 125]),
            ("65535 in eight bytes", [0x82, 0xFF, 0, 0, 0, 0, 0, 0, 255, 255]),
            ("a length over 63 bits", [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0]),
        ]
        for (name, bytes) in rows {
            #expect(read(bytes) == .broken, "\(name)")
            #expect(read(Array(bytes.dropLast())) == .partial, "\(name), without the byte that shows it")
        }
    }

    @Test("RSV1 alone says that a message is compressed")
    func compressed() {
        for (first, isCompressed) in [(0xC1, true), (0x81, false), (0x41, true)] as [(UInt8, Bool)] {
            guard case .header(_, let given, _, _, _, _) = read([first, 0x80] + Self.mask) else {
                Issue.record("not read: \(first)")
                continue
            }
            #expect(given == isCompressed)
        }
    }

    // MARK: All beginnings

    /// Reads a header by the RFC's table, one rule after the other.
    private func oracle(_ bytes: [UInt8]) -> Reading {
        guard bytes.count >= 2 else { return .partial }
        let bits = bytes[0...1].flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 == 1 } }
        let opcode = bytes[0] % 16
        let isControl = opcode >= 8
        guard [0, 1, 2, 8, 9, 10].contains(opcode), !bits[2], !bits[3], bits[8] else { return .broken }
        if isControl && (!bits[0] || bytes[1] % 128 > 125) { return .broken }
        let lengthBytes = [126: 2, 127: 8][Int(bytes[1] % 128)] ?? 0
        guard bytes.count >= 2 + lengthBytes else { return .partial }
        var length = UInt64(bytes[1] % 128)
        if lengthBytes > 0 {
            length = bytes[2..<2 + lengthBytes].reduce(0) { $0 * 256 + UInt64($1) }
            let least: UInt64 = lengthBytes == 2 ? 126 : 65_536
            if length < least || length > UInt64(Int64.max) { return .broken }
        }
        guard bytes.count >= 6 + lengthBytes else { return .partial }
        let mask = bytes[(2 + lengthBytes)..<(6 + lengthBytes)].reduce(0) { $0 * 256 + UInt32($1) }
        return .header(
            isFinal: bits[0], isCompressed: bits[1], opcode: opcode, length: Int(length), mask: mask,
            bytes: 6 + lengthBytes)
    }

    @Test(
        "All 65,536 beginnings are read as the RFC's table says, cut off anywhere",
        arguments: 1...4 as ClosedRange<UInt64>)
    func agreesWithTheOracle(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var wrong: [[UInt8]] = []
        for beginning in 0..<65_536 {
            var bytes = [UInt8(beginning / 256), UInt8(beginning % 256)]
            // Numbers near the bounds, and any.
            let bounds: [UInt64] = [
                0, 125, 126, 127, 65_535, 65_536, 1 << 31, 1 << 63 - 1, 1 << 63, .max, random.next(),
            ]
            let number = bounds.randomElement(using: &random) ?? 0
            let isShort = bytes[1] % 128 == 126
            bytes += (isShort ? [8, 0] : [56, 48, 40, 32, 24, 16, 8, 0]).map { UInt8(truncatingIfNeeded: number >> $0) }
            bytes += (0..<8).map { _ in UInt8.random(in: 0...255, using: &random) }
            bytes.removeLast(Int.random(in: 0...bytes.count, using: &random) / 2)
            if read(bytes) != oracle(bytes) { wrong.append(bytes) }
        }
        #expect(wrong.isEmpty, "seed \(seed): \(wrong.prefix(3))")
    }

    @Test(
        "A payload that comes in pieces is unmasked like one that comes whole", arguments: 1...8 as ClosedRange<UInt64>)
    func unmasks(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let key = (0..<4).map { _ in UInt8.random(in: 0...255, using: &random) }
            let payload = (0..<Int.random(in: 0...70, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            var source = ByteBuffer(bytes: payload.enumerated().map { $1 ^ key[$0 % 4] })
            var mask = key.reduce(0) { $0 << 8 | UInt32($1) }
            var unmasked = ByteBuffer()
            while source.readableBytes > 0 {
                let count = Int.random(in: 0...min(20, source.readableBytes), using: &random)
                unmasked.unmask(count, from: &source, mask: &mask)
            }
            #expect(Array(unmasked.readableBytesView) == payload)
        }
    }
}
