import StrictJSON
import Testing

/// Accepts all JSON of RFC 8259, and nothing else.
@Suite struct GrammarTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "-1", "10", "1.5", "-0.0", "0.1e1", "1e5", "1E5", "1e+5", "1e-5", "1.5E-10",
        "\"\"", "\"a\"", "[]", "{}", " [ ] ", "\t\n\r {\t}\n", "[1]", "[1,2,3]", "[ 1 , 2 ]", "[null,true,\"x\",{}]",
        "{\"a\":1}", "{ \"a\" : 1 , \"b\" : [ ] }", "{\"\":0}", "{\"a\":{\"a\":{\"a\":1}}}", "[[[[[]]]]]",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0041\"", "\"\\u00e9\\uABCD\\uabcd\"", "\"\\uD83D\\uDE00\"",
        "\"\\u0000\"", "\"é € 😀\"", "\"\u{7F}\"", "\"\u{2028}\u{2029}\"", "\"\u{FFFF}\u{10FFFF}\"",
        "\"//*not a comment*/\"",
        "\"'single'\"", "123456789012345678901234567890",
        "{\"é\":1,\"e\u{301}\":2}",
    ])
    func takes(_ text: String) {
        #expect(refusal(text) == nil)
    }

    @Test(arguments: [
        ("", JSONError.Kind.emptyInput), ("   \n", .emptyInput), ("\u{FEFF}{}", .byteOrderMark),
        ("[1,]", .unexpectedByte), ("[,1]", .unexpectedByte), ("[1,,2]", .unexpectedByte), ("[1 2]", .unexpectedByte),
        ("[1", .unexpectedEnd), ("[", .unexpectedEnd), ("]", .unexpectedByte), ("[1}", .unexpectedByte),
        ("{", .unexpectedEnd), ("}", .unexpectedByte), ("{\"a\"}", .unexpectedByte), ("{\"a\":}", .unexpectedByte),
        ("{\"a\":1,}", .unexpectedByte), ("{,}", .unexpectedByte), ("{a:1}", .unexpectedByte),
        ("{'a':1}", .unexpectedByte), ("{1:1}", .unexpectedByte), ("{\"a\" 1}", .unexpectedByte),
        ("{\"a\":1 \"b\":2}", .unexpectedByte), ("{\"a\":1]", .unexpectedByte), ("{null:1}", .unexpectedByte),
        ("nul", .unexpectedEnd), ("nulL", .unexpectedByte), ("True", .unexpectedByte), ("tru", .unexpectedEnd),
        ("truefalse", .trailingData), ("NaN", .unexpectedByte), ("Infinity", .unexpectedByte),
        ("-Infinity", .invalidNumber), ("undefined", .unexpectedByte), ("'a'", .unexpectedByte),
        ("1 2", .trailingData), ("{}{}", .trailingData), ("[]]", .trailingData), ("null,", .trailingData),
        ("{} // end", .trailingData), ("/* a */ {}", .unexpectedByte), ("[1 /* a */]", .unexpectedByte),
        ("{} #", .trailingData), ("\u{0C}1", .unexpectedByte), ("\u{A0}1", .unexpectedByte), ("1\u{0}", .trailingData),
    ])
    func refusesStructure(_ text: String, _ kind: JSONError.Kind) {
        #expect(refusal(text) == kind)
    }

    @Test(arguments: [
        ("01", JSONError.Kind.invalidNumber), ("-01", .invalidNumber), ("00", .invalidNumber), ("-", .unexpectedEnd),
        ("--1", .invalidNumber), ("+1", .unexpectedByte), (".5", .unexpectedByte), ("1.", .unexpectedEnd),
        ("[1.]", .invalidNumber), ("1.e5", .invalidNumber), ("1e", .unexpectedEnd), ("1e+", .unexpectedEnd),
        ("[1e]", .invalidNumber), ("1e5.5", .trailingData), ("0x10", .trailingData), ("1_000", .trailingData),
        ("1.5.5", .trailingData), ("-a", .invalidNumber), ("[-]", .invalidNumber), ("1e999", .numberOutOfRange),
        ("-1e999", .numberOutOfRange), ("１", .unexpectedByte),
    ])
    func refusesNumber(_ text: String, _ kind: JSONError.Kind) {
        #expect(refusal(text) == kind)
    }

    @Test(arguments: [
        ("\"", JSONError.Kind.unexpectedEnd), ("\"a", .unexpectedEnd), ("\"\\", .unexpectedEnd),
        ("\"\\\"", .unexpectedEnd), ("\"\\x41\"", .invalidEscape), ("\"\\a\"", .invalidEscape),
        ("\"\\'\"", .invalidEscape), ("\"\\U0041\"", .invalidEscape), ("\"\\u\"", .unexpectedEnd),
        ("\"\\u00\"", .unexpectedEnd), ("\"\\u00zz\"", .invalidEscape), ("\"\\u-123\"", .invalidEscape),
        ("\"\\uD800\"", .loneSurrogate), ("\"\\uDC00\"", .loneSurrogate), ("\"\\uD83Dx\"", .loneSurrogate),
        ("\"\\uD83D\\n\"", .loneSurrogate), ("\"\\uD83D\\u0041\"", .loneSurrogate),
        ("\"\\uDE00\\uD83D\"", .loneSurrogate), ("\"\\uD83D\\uD83D\\uDE00\"", .loneSurrogate),
        ("\"\n\"", .controlCharacter), ("\"\t\"", .controlCharacter), ("\"\u{0}\"", .controlCharacter),
        ("\"\u{1F}\"", .controlCharacter), ("\"0123456789\u{1}0123456789\"", .controlCharacter),
    ])
    func refusesString(_ text: String, _ kind: JSONError.Kind) {
        #expect(refusal(text) == kind)
    }

    /// The reader looks at eight bytes at once, so each kind of malformed UTF-8 is tried at each offset into the eight.
    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
            [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFE],
            [0xFF],
        ] as [[UInt8]])
    func refusesMalformedUTF8(_ sequence: [UInt8]) {
        let quote = UInt8(ascii: "\"")
        for before in 0..<17 {
            for after in [0, 1, 20] {
                let fill = UInt8(ascii: "x")
                let text = Array(repeating: fill, count: before) + sequence + Array(repeating: fill, count: after)
                #expect(refusal([quote] + text + [quote]) == .invalidUTF8)
                #expect(text.withUnsafeBytes { UTF8Check.isValid($0) } == false)
            }
        }
    }

    /// The reader looks at eight bytes at once. The result for a byte does not depend on its offset into the eight.
    @Test func judgesEveryByteAlikeAtEveryPlace() {
        for byte in UInt8.min...UInt8.max {
            let isPlain = byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            for place in 0..<24 {
                var text = Array("\"xxxxxxxxxxxxxxxxxxxxxxxx\"".utf8)
                text[1 + place] = byte
                #expect((refusal(text) == nil) == isPlain, "byte \(byte) at \(place)")
            }
        }
    }

    @Test func takesAllOfUnicode() {
        var text = ""
        for value in UInt32(0x20)...0x10FFFF where value % 7 == 0 || value < 0x3000 || (0xD7F0...0xE010).contains(value)
        {
            guard let scalar = Unicode.Scalar(value), scalar != "\"", scalar != "\\" else { continue }
            text.unicodeScalars.append(scalar)
        }
        let limits = JSONLimits(maxDocumentBytes: 8 << 20)
        #expect(parse("\"\(text)\"", limits: limits).value?.string?.utf8.elementsEqual(text.utf8) == true)
    }
}
