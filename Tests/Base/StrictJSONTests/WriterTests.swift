import StrictJSON
import Testing

/// The exact output of the writer.
@Suite struct WriterTests {
    private func text(_ body: (inout JSONWriter<[UInt8]>) -> Void) -> String {
        var writer = JSONWriter(to: [UInt8]())
        body(&writer)
        return String(decoding: writer.sink, as: UTF8.self)
    }

    @Test func putsCommasAndColonsIn() {
        let written = text { writer in
            writer.beginObject()
            writer.key("a")
            writer.integer(1)
            writer.key("b")
            writer.beginArray()
            writer.null()
            writer.bool(true)
            writer.beginObject()
            writer.endObject()
            writer.beginArray()
            writer.endArray()
            writer.string("x")
            writer.endArray()
            writer.key(escaping: "c\"")
            writer.double(1.5)
            writer.key("d")
            Array("[1,2]".utf8).withUnsafeBytes { writer.encoded($0) }
            writer.endObject()
        }
        #expect(written == #"{"a":1,"b":[null,true,{},[],"x"],"c\"":1.5,"d":[1,2]}"#)
    }

    @Test func escapesWhatMustBeAndNothingElse() {
        #expect(text { $0.string("\"\\/\u{8}\u{9}\u{A}\u{C}\u{D}") } == #""\"\\/\b\t\n\f\r""#)
        #expect(text { $0.string("\u{0}\u{1}\u{B}\u{F}\u{10}\u{1F}") } == #""\u0000\u0001\u000b\u000f\u0010\u001f""#)
        let raw = "<script>&'\u{7F}\u{2028}\u{2029}é€😀\u{10FFFF}"
        #expect(text { $0.string(raw) }.utf8.elementsEqual("\"\(raw)\"".utf8))
        for value in UInt8(0)..<0x80 {
            let single = String(Unicode.Scalar(value))
            let written = text { $0.string("0123456\(single)89") }
            #expect(parse(written).value?.string?.utf8.elementsEqual("0123456\(single)89".utf8) == true)
            #expect(!written.utf8.contains { $0 < 0x20 })
        }
    }

    @Test func writesBytesAsStrings() {
        let valid = Array("a\"é\n".utf8)
        #expect(text { writer in valid.withUnsafeBytes { writer.string(utf8: $0) } } == #""a\"é\n""#)
        let invalid: [UInt8] = [0x61, 0xFF, 0x22]
        #expect(text { writer in invalid.withUnsafeBytes { writer.string(utf8: $0) } } == "\"a\u{FFFD}\\\"\"")
        #expect(text { writer in [UInt8]().withUnsafeBytes { writer.string(utf8: $0) } } == "\"\"")
    }

    @Test func writesIntegersOfEveryWidth() {
        for value in [Int64.min, -9_007_199_254_740_992, -10, -1, 0, 1, 9, 10, 99, 100, 9_007_199_254_740_992, .max] {
            #expect(text { $0.integer(value) } == "\(value)")
        }
        #expect(text { $0.integer(UInt64.max) } == "\(UInt64.max)")
        #expect(text { $0.integer(Int8.min) } == "-128")
        #expect(text { $0.integer(UInt8.max) } == "255")
        #expect(text { $0.integer(Int128.min) } == "\(Int128.min)")
    }

    @Test func writesDoublesThatReadBack() {
        for value: Double in [
            0, -0.0, 0.1, 1e-7, .leastNonzeroMagnitude, 1e16, 1e22, 1.7976931348623157e308, -123.456, 99.95,
        ] {
            let written = text { $0.double(value) }
            let back = read(written) { reader throws(JSONError) in try reader.readDouble() }
            #expect(back.value == value)
        }
        for value in [Double.nan, .infinity, -.infinity] { #expect(text { $0.double(value) } == "null") }
    }

    @Test func appendsInPlaceBehindWhatIsThere() {
        var buffer = Array("data: ".utf8)
        buffer.reserveCapacity(64)
        let before = buffer.withUnsafeBytes { $0.baseAddress }
        JSONWriter.append(to: &buffer) { writer in
            writer.beginArray()
            writer.integer(1)
            writer.endArray()
        }
        JSONWriter.append(to: &buffer) { $0.null() }
        #expect(String(decoding: buffer, as: UTF8.self) == "data: [1]null")
        #expect(buffer.withUnsafeBytes { $0.baseAddress } == before, "the buffer was copied")
    }
}
