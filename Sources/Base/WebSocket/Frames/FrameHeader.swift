import NIOCore

/// The header of a client's frame (RFC 6455, 5.2), valid on its own. Pure.
package struct FrameHeader: Equatable {
    /// The kinds of frames; other values are reserved.
    package enum Opcode: UInt8 {
        case continuation = 0x0, text = 0x1, binary = 0x2, close = 0x8, ping = 0x9, pong = 0xA

        /// Whether the frame may come between the fragments of a message.
        package var isControl: Bool { rawValue & 0x8 != 0 }
    }

    /// The outcome of reading the bytes so far.
    package enum Reading: Equatable {
        /// Bytes are missing.
        case partial
        case header(FrameHeader)
        /// No server may accept these bytes, whatever follows.
        case broken
    }

    /// The longest header of a client, in bytes: two bytes, a 64-bit length, the mask.
    package static let bytesMax = 14

    package var isFinal: Bool
    /// RSV1: a compressed message begins (RFC 7692, 6).
    package var isCompressed: Bool
    package var opcode: Opcode
    /// Bytes of the payload.
    package var length: Int
    /// The key as it was sent: its first byte is the highest.
    package var mask: UInt32

    /// Reads the header at the start of `bytes`, and removes it from there if it is whole. A broken header is reported
    /// at its first wrong byte.
    package static func read(from bytes: inout ByteBuffer) -> Reading {
        var rest = bytes
        guard let (first, second) = rest.readMultipleIntegers(as: (UInt8, UInt8).self) else { return .partial }
        guard let opcode = Opcode(rawValue: first & 0x0F), first & 0x30 == 0, second & 0x80 != 0 else { return .broken }
        let isFinal = first & 0x80 != 0
        let isCompressed = first & 0x40 != 0
        let short = Int(second & 0x7F)
        if opcode.isControl, !isFinal || short > 125 { return .broken }
        // A length must be written in the shortest way.
        let length: Int
        switch short {
        case 126:
            guard let long = rest.readInteger(as: UInt16.self) else { return .partial }
            guard long > 125 else { return .broken }
            length = Int(long)
        case 127:
            guard let long = rest.readInteger(as: UInt64.self) else { return .partial }
            guard long > 0xFFFF, let fitting = Int(exactly: long) else { return .broken }
            length = fitting
        default: length = short
        }
        guard let mask = rest.readInteger(as: UInt32.self) else { return .partial }
        bytes = rest
        return .header(
            FrameHeader(isFinal: isFinal, isCompressed: isCompressed, opcode: opcode, length: length, mask: mask))
    }
}

extension ByteBuffer {
    /// Appends the next `count` bytes of `source`, unmasked (RFC 6455, 5.3).
    ///
    /// - Parameter mask: the key, rotated so that its highest byte belongs to the next byte of `source`. Afterwards it
    ///   is rotated for the byte after the last one.
    package mutating func unmask(_ count: Int, from source: inout ByteBuffer, mask: inout UInt32) {
        let key = mask
        source.readWithUnsafeReadableBytes { input in
            writeWithUnsafeMutableBytes(minimumWritableBytes: count) { output in
                let four = UInt64(key.bigEndian)
                let eight = four | four << 32
                var position = 0
                while position &+ 8 <= count {
                    let word = input.loadUnaligned(fromByteOffset: position, as: UInt64.self)
                    output.storeBytes(of: word ^ eight.littleEndian, toByteOffset: position, as: UInt64.self)
                    position &+= 8
                }
                while position < count {
                    output[position] = input[position] ^ UInt8(truncatingIfNeeded: key >> (24 - 8 * (position & 3)))
                    position &+= 1
                }
                return count
            }
        }
        let turn = UInt32(count & 3) * 8
        if turn > 0 { mask = mask << turn | mask >> (32 - turn) }
    }
}
