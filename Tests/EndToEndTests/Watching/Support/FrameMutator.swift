import Basics

/// Makes clients' frames that are broken, the same ones for each seed: right ones (RFC 6455, 5 and RFC 7692, 7) in
/// which some bytes were changed.
struct FrameMutator {
    /// The bytes to send on one connection.
    struct Salvo {
        var bytes: [UInt8]
        /// The number of frames before they were broken.
        var frames: Int
        /// Whether the first frame has no mask. The server must then answer with 1002 and nothing else.
        var isUnmasked: Bool
        /// Whether compression has to be negotiated first.
        var isCompressed: Bool
    }

    private var random: SplitMix64
    private static let framesMax = 6

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Returns the bytes for the next connection.
    mutating func next() -> Salvo {
        let isUnmasked = one(in: 3)
        let isCompressed = one(in: 4)
        let frames = isUnmasked ? 1 : Int.random(in: 1...Self.framesMax, using: &random)
        var bytes: [UInt8] = []
        for _ in 0..<frames {
            var frame = frame(masked: !isUnmasked, compressed: isCompressed && one(in: 2))
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let place = one(in: 2) ? Int.random(in: 0..<min(frame.count, 14), using: &random) : anywhere(in: frame)
                // The bit that says that there is no mask stays.
                let bits = isUnmasked && place == 1 ? 0x7F : 0xFF as UInt8
                frame[place] ^= UInt8.random(in: 1...bits, using: &random)
            }
            bytes += frame
        }
        // These bytes let the server see the whole header even if a length has grown.
        bytes += [UInt8](repeating: 0, count: 16)
        return Salvo(bytes: bytes, frames: frames, isUnmasked: isUnmasked, isCompressed: isCompressed)
    }

    private mutating func one(in count: Int) -> Bool { Int.random(in: 0..<count, using: &random) == 0 }

    private mutating func anywhere(in frame: [UInt8]) -> Int { Int.random(in: frame.indices, using: &random) }

    /// Returns a correct frame.
    private mutating func frame(masked: Bool, compressed: Bool) -> [UInt8] {
        let opcode = [1, 1, 1, 2, 2, 0, 8, 9, 10].randomElement(using: &random) ?? 1
        let payload = payload(opcode: opcode, compressed: compressed)
        let isFinal = opcode >= 8 || !one(in: 4)
        var frame = [(isFinal ? 0x80 : 0) | (compressed && (1...2).contains(opcode) ? 0x40 : 0) | UInt8(opcode)]
        let bit: UInt8 = masked ? 0x80 : 0
        switch payload.count {
        case ...125: frame.append(bit | UInt8(payload.count))
        case ...0xFFFF: frame += [bit | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            frame.append(bit | 127)
            frame += (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
        }
        guard masked else { return frame + payload }
        let mask = (0..<4).map { _ in UInt8.random(in: 0...255, using: &random) }
        return frame + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }

    private mutating func payload(opcode: Int, compressed: Bool) -> [UInt8] {
        switch opcode {
        case 8: return [0x03, UInt8.random(in: 0xE8...0xF3, using: &random)] + Array("bye".utf8)
        case 9, 10: return Array("are you there?".utf8)
        default: break
        }
        if compressed { return Self.compressed.randomElement(using: &random) ?? [] }
        let text = Self.texts.randomElement(using: &random) ?? ""
        // Sometimes the text is longer than each of the three encodings of a length can express.
        let times = one(in: 50) ? 100 : one(in: 1000) ? 2000 : 1
        return Array(repeatElement(Array(text.utf8), count: times).joined())
    }

    private static let texts = [
        "", "x", #"{"type":"join-room","board":"global","mode":"delta","limit":5}"#,
        #"{"type":"leave-room","board":"global"}"#, #"{"type":"join-room","board":"global","resume":"a1b2:17"}"#,
        "Ein Fähnchen weht über ☃ und 🏁", #"{"type":["nested",{"deep":[[[[[[]]]]]]}],"type":null}"#,
    ]

    /// RFC 7692, 7.2.3.1 to 7.2.3.4: "Hello" in one block, in two, stored, and with a final block; and many zeros.
    private static let compressed: [[UInt8]] = [
        [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00],
        [0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00],
        [0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00],
        [0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x00],
        [0xEC, 0xC1, 0x01, 0x01, 0x00, 0x00, 0x00, 0x80, 0x90, 0xFE, 0xAF, 0xEE, 0x08, 0x0A, 0x00],
    ]
}
