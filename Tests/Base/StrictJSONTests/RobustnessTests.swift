import Basics
import StrictJSON
import Testing

/// Truncated, changed and random inputs.
@Suite struct RobustnessTests {
    static let documents = [
        #"{"user_id":"u1","action_id":"v1.k1.kill.nonce0001.1790000000000.-.abc","new_score":-125}"#,
        #"[{"a":[1,2.5e-3,{"b":"\u00e9\uD83D\uDE00\\\"\n"}]},null,true,false,"é€😀",-0,9007199254740992]"#,
        #"{"":{"":[[[]]],"x":{}},"long key with spaces":"0123456789abcdef0123456789abcdef"}"#,
        "\"only a string\"",
    ]

    @Test(arguments: documents)
    func refusesEveryTruncation(_ document: String) {
        let bytes = Array(document.utf8)
        #expect(refusal(bytes) == nil)
        for count in 0..<bytes.count {
            #expect(refusal(Array(bytes[..<count])) != nil, "the first \(count) bytes were taken")
        }
    }

    @Test(arguments: documents)
    func refusesAnythingBehindTheEnd(_ document: String) {
        for byte in UInt8.min...UInt8.max {
            let isWhitespace = [0x20, 0x09, 0x0A, 0x0D].contains(byte)
            #expect((refusal(Array(document.utf8) + [byte]) == nil) == isWhitespace)
        }
    }

    /// A changed document is refused, or can be written again and then reads the same.
    @Test func changedDocumentsReadTheSameTwice() {
        var generator = SplitMix64(seed: 1)
        for round in 0..<20_000 {
            var bytes = Array(Self.documents[round % Self.documents.count].utf8)
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: place)
                }
            }
            guard let value = parse(bytes).value else { continue }
            #expect(parse(write(value)).value == value)
        }
    }

    /// Neither random bytes nor random pieces of JSON cause a crash, and error positions stay in bounds. The pieces get
    /// further into the reader.
    @Test func survivesNoise() {
        var generator = SplitMix64(seed: 2)
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "u12", "1", "-", "e", ".", "true", "null", " ", "\"a\"", "\u{E9}",
        ]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0..<40, using: &generator)
            let noise = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            let words = (0..<count).compactMap { _ in pieces.randomElement(using: &generator) }
            for bytes in [noise, Array(words.joined().utf8)] {
                if case .failure(let error) = parse(bytes) { #expect((0...bytes.count).contains(error.offset)) }
            }
        }
    }

    @Test func writtenTreesReadBack() {
        var generator = SplitMix64(seed: 3)
        for _ in 0..<3_000 {
            let value = Self.randomValue(depth: 4, using: &generator)
            #expect(parse(write(value)).value == value)
        }
    }

    static func randomValue(depth: Int, using generator: inout SplitMix64) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .integer(.random(in: JSONReader.exactIntegers, using: &generator))
        case 3: return .double(.random(in: -1...1, using: &generator) * 1e-3)
        case 4: return .string(randomString(using: &generator))
        case 5:
            let count = Int.random(in: 0..<4, using: &generator)
            return .array((0..<count).map { _ in randomValue(depth: depth - 1, using: &generator) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<4, using: &generator) {
                object[randomString(using: &generator)] = randomValue(depth: depth - 1, using: &generator)
            }
            return .object(object)
        }
    }

    static func randomString(using generator: inout SplitMix64) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0..<20, using: &generator) {
            let bound: UInt32 = [0x30, 0x80, 0x3000, 0x110000].randomElement(using: &generator) ?? 0x80
            if let scalar = Unicode.Scalar(UInt32.random(in: 0..<bound, using: &generator)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
