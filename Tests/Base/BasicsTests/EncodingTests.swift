import Basics
import Testing

/// Base64, hexadecimal digits, and the bytes of ids.
@Suite struct EncodingTests {
    /// RFC 4648 section 10, and bytes whose digits differ between the alphabets.
    private static let base64Vectors: [(String, String)] = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"), ("~~~???", "fn5+Pz8/"),
    ]

    @Test(arguments: base64Vectors)
    func base64(_ plain: String, _ padded: String) {
        let bytes = Array(plain.utf8)
        #expect(bytes.withUnsafeBytes { Base64.encode($0) } == padded)
        let url = padded.replacing("=", with: "").replacing("+", with: "-").replacing("/", with: "_")
        #expect(bytes.withUnsafeBytes { Base64.encodeURL($0) } == url)
        #expect(Array(url.utf8).withUnsafeBytes { Base64.decodeURL($0) } == bytes)
        #expect(Array(padded.utf8).withUnsafeBytes { Base64.decodeAny($0) } == bytes)
    }

    @Test(arguments: ["Zg==", "Zh", "Z", "fn5+", "Pz8/", "Zm 9"])
    func strictBase64(_ text: String) {
        #expect(Array(text.utf8).withUnsafeBytes { Base64.decodeURL($0) } == nil)
    }

    @Test func hexadecimal() {
        #expect(Hexadecimal.text([0, 1, 0x7f, 0x80, 0xfe, 0xff]) == "00017f80feff")
        #expect(Hexadecimal.text([0xab], prefix: "\\x") == "\\xab")
        #expect(Hexadecimal.text([]) == "")
        #expect(Hexadecimal.bytes("00017F80feFF") == [0, 1, 0x7f, 0x80, 0xfe, 0xff])
        for text in ["0", "000", "0g", "-1", "+1", " 1", "é"] { #expect(Hexadecimal.bytes(text) == nil, "\(text)") }
        for value in UInt8.min ... .max {
            let digit = Character(UnicodeScalar(value))
            let expected = digit.isASCII ? digit.hexDigitValue : nil
            #expect(Hexadecimal.value(ofDigit: value).map(Int.init) == expected)
        }
    }

    @Test func bytesOfIDs() {
        let taken = (UInt8.min ... .max).filter(\.isIDByte)
        #expect(
            String(decoding: taken, as: UTF8.self) == "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
        )
    }

    @Test(arguments: [("", ""), (" ", ""), ("a", "a"), (" \t a b\n", "a b"), ("a ", "a"), (" a", "a")])
    func trimming(_ text: String, _ trimmed: String) {
        #expect(text.trimmed() == trimmed)
        #expect("::\(text):".trimmed { $0 == ":" || $0.isWhitespace } == trimmed)
    }
}
