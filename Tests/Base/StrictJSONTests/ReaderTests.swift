import StrictJSON
import Testing

/// Reading values one by one, and the limits.
@Suite struct ReaderTests {
    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("9007199254740992", 9_007_199_254_740_992),
            ("-9007199254740992", -9_007_199_254_740_992), (" 12 ", 12),
        ] as [(String, Int64)])
    func readsInteger(_ text: String, _ value: Int64) {
        #expect(read(text) { reader throws(JSONError) in try reader.readInteger() } == .success(value))
    }

    @Test(arguments: [
        ("9007199254740993", JSONError.Kind.numberOutOfRange), ("-9007199254740993", .numberOutOfRange),
        ("9223372036854775808", .numberOutOfRange), ("99999999999999999999999999", .numberOutOfRange),
        ("1.0", .notAnInteger), ("1e3", .notAnInteger), ("-0.0", .notAnInteger), ("1E0", .notAnInteger),
        ("99999999999999999999999999.5", .notAnInteger), ("\"1\"", .typeMismatch), ("null", .typeMismatch),
        ("true", .typeMismatch), ("[1]", .typeMismatch), ("01", .invalidNumber), ("x", .unexpectedByte),
    ])
    func refusesInteger(_ text: String, _ kind: JSONError.Kind) {
        #expect(read(text) { reader throws(JSONError) in try reader.readInteger() }.refused == kind)
    }

    @Test func readsIntegersOfTheWholeRangeAskedFor() {
        for value in [Int64.min, .min + 1, -1, 0, .max - 1, .max] {
            let range = Int64.min...Int64.max
            #expect(read("\(value)") { reader throws(JSONError) in try reader.readInteger(in: range) }.value == value)
        }
        #expect(
            read("11") { reader throws(JSONError) in try reader.readInteger(in: 1...10) }.refused == .numberOutOfRange)
        #expect(
            read("0") { reader throws(JSONError) in try reader.readInteger(in: 1...10) }.refused == .numberOutOfRange)
    }

    @Test func readsDoubles() {
        for (text, value) in [
            ("1.5", 1.5), ("-0.25e2", -25), ("1e-400", 0), ("3", 3), ("1700000000.123", 1_700_000_000.123),
        ] {
            #expect(read(text) { reader throws(JSONError) in try reader.readDouble() }.value == value)
        }
    }

    @Test func decodesEscapes() {
        let text = #""a\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC\uD83D\uDE00\u0000z""#
        let expected = "a\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{20AC}\u{1F600}\u{0}z"
        let value = read(text) { reader throws(JSONError) in try reader.readString(maxBytes: 100) }.value
        #expect(value?.utf8.elementsEqual(expected.utf8) == true)
    }

    /// The limit counts decoded bytes. The length of the escapes does not matter.
    @Test func limitsStringsByDecodedBytes() {
        for (text, count) in [
            ("\"abcd\"", 4), ("\"\\u0041\"", 1), ("\"\\uD83D\\uDE00\"", 4), ("\"é\"", 2), ("\"\"", 0),
        ] {
            #expect(read(text) { reader throws(JSONError) in try reader.readString(maxBytes: count) }.refused == nil)
            let short = read(text) { reader throws(JSONError) in try reader.readString(maxBytes: count - 1) }
            #expect(short.refused == .stringTooLong)
            #expect(read(text) { reader throws(JSONError) in try reader.readText().byteCount }.value == count)
        }
    }

    @Test func comparesTextsInPlace() {
        let isSame = read(#"["user_id", "user\u005fid", "user_ie", "user_i", "\u0000", ""]"#) {
            reader throws(JSONError) in
            var found: [Bool] = []
            try reader.readArray(maxCount: 10) { reader throws(JSONError) in
                found.append(try reader.readText() == "user_id")
            }
            return found
        }
        #expect(isSame.value == [true, true, false, false, false, false])
    }

    /// Keys are compared by bytes: a composed and a decomposed letter are two keys.
    @Test func comparesKeysByBytes() {
        #expect(read("\"\u{E9}\"") { reader throws(JSONError) in try reader.readText() == "e\u{301}" }.value == false)
        #expect(parse("{\"\u{E9}\":1,\"e\u{301}\":2}").value?["e\u{301}"] == .integer(2))
    }

    @Test(arguments: [
        #"{"a":1,"a":1}"#, #"{"a":1,"b":2,"a":3}"#, #"{"a":1,"\u0061":2}"#, #"{"\u0061":1,"a":2}"#,
        #"{"\u0061":1,"\u0061":2}"#, #"{"":1,"":2}"#, #"{"x":{"a":1,"b":[],"a":2}}"#, #"{"\n":1,"\u000a":2}"#,
    ])
    func refusesDuplicateKeys(_ text: String) {
        #expect(refusal(text) == .duplicateKey)
        #expect(read(text) { reader throws(JSONError) in try reader.skipValue() }.refused == .duplicateKey)
    }

    @Test func refusesDuplicateKeysWhereverTheyStand() {
        let keys = (0..<64).map { "\"k\($0)\":\($0)" }
        #expect(refusal("{\(keys.joined(separator: ","))}") == nil)
        for (first, second) in [(0, 63), (15, 16), (16, 17), (17, 40), (0, 1), (62, 63)] {
            var doubled = keys
            doubled[second] = "\"k\(first)\":0"
            #expect(refusal("{\(doubled.joined(separator: ","))}") == .duplicateKey)
        }
    }

    @Test func takesTheSameKeyInDifferentObjects() {
        #expect(refusal(#"{"a":{"a":1},"b":{"a":1},"c":[{"a":1},{"a":2}]}"#) == nil)
    }

    @Test func limitsDepth() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(refusal(nested(16)) == nil)
        #expect(refusal(nested(17)) == .tooDeep)
        #expect(refusal(nested(100_000)) == .tooDeep)
        #expect(refusal(String(repeating: "{\"a\":", count: 17) + "1" + String(repeating: "}", count: 17)) == .tooDeep)
        #expect(refusal(nested(3), limits: JSONLimits(maxDepth: 2)) == .tooDeep)
        #expect(refusal("[]", limits: JSONLimits(maxDepth: 0)) == .tooDeep)
        #expect(JSONLimits(maxDepth: 1_000_000).maxDepth == JSONLimits.deepest)
        // The limit counts levels of nesting, not containers.
        #expect(refusal("[" + String(repeating: "[],", count: 100) + "[]]") == nil)
    }

    @Test func limitsCountsAndSize() {
        let elements = { (count: Int) in "[" + Array(repeating: "1", count: count).joined(separator: ",") + "]" }
        #expect(refusal(elements(5), limits: JSONLimits(maxElements: 5)) == nil)
        #expect(refusal(elements(6), limits: JSONLimits(maxElements: 5)) == .tooManyElements)
        let members = { (count: Int) in "{" + (0..<count).map { "\"\($0)\":1" }.joined(separator: ",") + "}" }
        #expect(refusal(members(64)) == nil)
        #expect(refusal(members(65)) == .tooManyMembers)
        #expect(refusal("[1,2]", limits: JSONLimits(maxDocumentBytes: 5)) == nil)
        #expect(refusal("[1,2] ", limits: JSONLimits(maxDocumentBytes: 5)) == .documentTooLarge)
        let two = read("[1,2,3]") { reader throws(JSONError) in
            try reader.readArray(maxCount: 2) { reader throws(JSONError) in _ = try reader.readInteger() }
        }
        #expect(two.refused == .tooManyElements)
    }

    @Test func skipsWhatIsLeftUnread() {
        let text = #"{"a":[1,{"b":null}],"c":"x","d":5}"#
        let value = read(text) { reader throws(JSONError) in
            var value: Int64?
            try reader.readObject { key, reader throws(JSONError) in
                if key == "d" { value = try reader.readInteger() }
            }
            return value
        }
        #expect(value == .success(5))
        #expect(read("[1,[2],{}]") { _ throws(JSONError) in 0 }.value == 0)
        // Skipped values are checked as strictly as values that are read.
        #expect(read("[1,[2],{]") { _ throws(JSONError) in 0 }.refused == .unexpectedByte)
    }

    @Test func refusesASecondReadOfOneValue() {
        let twice = read("[1 2]") { reader throws(JSONError) in
            try reader.readArray(maxCount: 9) { reader throws(JSONError) in
                _ = try reader.readInteger()
                _ = try reader.readInteger()
            }
        }
        #expect(twice.refused == .valueAlreadyRead)
        let afterEnd = read("{} 1") { reader throws(JSONError) in
            try reader.readObject { _, _ throws(JSONError) in }
            _ = try reader.readInteger()
        }
        #expect(afterEnd.refused == .valueAlreadyRead)
    }

    @Test func tellsNullFromAbsent() {
        let text = #"{"a":null,"b":1}"#
        let seen = read(text) { reader throws(JSONError) in
            var seen: [Bool] = []
            try reader.readObject { _, reader throws(JSONError) in seen.append(try reader.readNullIfPresent()) }
            return seen
        }
        #expect(seen.value == [true, false])
    }

    @Test func namesThePlaceAndNotTheInput() {
        guard case .failure(let error) = parse(#"{"password":"hunter2","password":1}"#) else {
            Issue.record("a duplicate key was taken")
            return
        }
        #expect(error == JSONError(.duplicateKey, at: 22))
        #expect(error.message == "An object names the same key twice (at byte 22).")
        for kind in JSONError.Kind.allCases {
            #expect(JSONError(kind, at: 3).message.hasSuffix(" (at byte 3)."))
        }
    }
}
