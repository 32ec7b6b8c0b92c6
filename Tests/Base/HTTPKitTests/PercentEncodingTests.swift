import HTTPKit
import Testing

@Suite struct PercentEncodingTests {
    @Test(arguments: [
        ("", ""), ("/a/b", "/a/b"), ("/%61%2Db%7e", "/a-b~"), ("/%2f%3F", "/%2F%3F"), ("/%c3%a9", "/%C3%A9"),
        ("/a+b", "/a+b"), ("/%25", "/%25"),
    ])
    func normalizes(_ text: String, _ expected: String) {
        #expect(PercentEncoding.normalized(text[...].utf8) == expected)
    }

    @Test(arguments: ["%", "a%", "%4", "%4g", "%g4", "%%41"])
    func refuses(_ text: String) {
        #expect(PercentEncoding.normalized(text[...].utf8) == nil)
        #expect(PercentEncoding.decodedFormText(text[...].utf8) == nil)
    }

    @Test(arguments: [("", ""), ("a+b", "a b"), ("a%2Bb", "a+b"), ("%c3%A9", "é"), ("a=b", "a=b"), ("%00", "\0")])
    func decodesForms(_ text: String, _ expected: String) {
        #expect(PercentEncoding.decodedFormText(text[...].utf8) == expected)
    }

    @Test(arguments: ["%FF", "%c3", "%c3%28", "%ed%a0%80"])
    func refusesWhatIsNotUTF8(_ text: String) {
        #expect(PercentEncoding.decodedFormText(text[...].utf8) == nil)
    }
}
