import Accounts
import Testing

struct UsernameTests {
    @Test(arguments: ["abc", "A.b-c_9", String(repeating: "a", count: 32)])
    func takesTheForm(_ text: String) { #expect(Username(text)?.text == text) }

    /// A fullwidth letter and a combining mark would look like a plain one.
    @Test(arguments: [
        "", "ab", String(repeating: "a", count: 33), "a b", "ab\u{301}", "\u{FF41}bc", "abc\n", "abc\u{0}",
    ])
    func refusesOthers(_ text: String) { #expect(Username(text) == nil) }

    @Test func caseDoesNotMatter() { #expect(Username("Ada") == Username("aDA")) }
}
