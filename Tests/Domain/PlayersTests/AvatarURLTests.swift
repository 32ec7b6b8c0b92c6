import Players
import Testing

struct AvatarURLTests {
    @Test(arguments: [
        "https://example.com/a.png", "https://example.com", "https://e.com:8443/a?b=c#d",
        "https://example.com/%C3%A9.png",
    ])
    func takesURLs(_ text: String) { #expect(AvatarURL(text)?.text == text) }

    @Test(arguments: [
        "", "http://example.com/a.png", "HTTPS://example.com", "javascript:alert(1)", "data:image/png;base64,AA",
        "//e.com",
        "https://", "https:///a", "https://:443/", "https://user@example.com/", "https://u:p@e.com/",
        "https://e.com/a b",
        "https://e.com/\"onerror=x", "https://e.com/<b>", "https://e.com/\u{0}", "https://e.com/\n", "https://é.com/",
        "https://e.com/')", "https://e.com/\\x", " https://e.com/",
    ])
    func refusesOthers(_ text: String) { #expect(AvatarURL(text) == nil) }

    @Test func hasABound() {
        let start = "https://e.com/"
        let longest = start + String(repeating: "a", count: AvatarURL.bytesMax - start.utf8.count)
        #expect(AvatarURL(longest) != nil && AvatarURL(longest + "a") == nil)
    }
}
