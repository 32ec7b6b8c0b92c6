import Leaderboard
import Testing

/// The names that are let in from outside.
struct NamesTests {
    @Test(arguments: [
        "u1", " ", "a b", "user@example.org", "{}\"\\:", "~", "ß", "日本語", "Ünïcödé", "мир", "שלום",
        "e\u{301}",  // é as two code points
        "\u{301}x",  // a combining mark first
        "क्\u{200d}ष", "می\u{200c}خواهم",  // scripts that need the joiners
        "🎮", "👨‍👩‍👧‍👦", "👩🏽‍🚀", "❤️", "🇩🇪",
        String(repeating: "x", count: 64), String(repeating: "é", count: 32), String(repeating: "🎮", count: 16),
    ])
    func isUserID(_ text: String) {
        #expect(Names.isUserID(text))
    }

    @Test(arguments: [
        "",
        String(repeating: "x", count: 65), String(repeating: "é", count: 33), String(repeating: "🎮", count: 17),
        String(repeating: "é", count: 32) + "x",
        "\0", "u\0", "u\u{1}", "a\tb", "a\nb", "a\r", "\u{7f}", "\u{85}", "\u{9f}",  // control
        "\u{202e}evil", "a\u{2066}b\u{2069}", "\u{200e}a", "\u{200f}a", "\u{61c}a",  // direction
        "a\u{200b}b", "a\u{2060}b", "\u{feff}a", "soft\u{ad}hyphen", "\u{e0041}a",  // invisible
        "a\u{2028}b", "a\u{2029}b",  // separators
        "\u{e000}", "\u{f0000}",  // private use
        "\u{378}", "\u{ffff}", "\u{10ffff}",  // unassigned
    ])
    func isNoUserID(_ text: String) {
        #expect(!Names.isUserID(text))
    }

    /// The limit is one of bytes, at its very edge, whatever the bytes are.
    @Test func userIDBytes() {
        for length in 0...130 {
            #expect(Names.isUserID(String(repeating: "x", count: length)) == (1...64).contains(length))
            let wide = String(repeating: "é", count: length / 2) + (length.isMultiple(of: 2) ? "" : "x")
            #expect(wide.utf8.count == length)
            #expect(Names.isUserID(wide) == (1...64).contains(length))
        }
    }

    /// A text made by bridging or slicing is judged like any other.
    @Test func userIDOfASlice() {
        let line = "user_id=spieler-ä;"
        let start = line.utf8.index(line.startIndex, offsetBy: 8)
        #expect(Names.isUserID(String(line[start...].dropLast())))
        #expect(!Names.isUserID(String(line[start..<start])))
    }

    @Test(arguments: ["a", "Z", "0", "_", "-", "global", "weekly_cup-2026", String(repeating: "a", count: 64)])
    func isID(_ text: String) {
        #expect(Names.isID(text))
        #expect(Names.isID("<\(text)>".dropFirst().dropLast()))
    }

    @Test(arguments: [
        "", String(repeating: "a", count: 65), " ", "a b", "a:b", "a.b", "a/b", "{a}", "a\n", "\0", "é", "а", "ａ", "🎮",
        "a\u{301}",
    ])
    func isNoID(_ text: String) {
        #expect(!Names.isID(text))
    }

    /// Every single byte of ASCII.
    @Test func idBytes() {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-".utf8)
        for byte in UInt8(0)..<128 {
            let text = String(UnicodeScalar(byte))
            #expect(Names.isID(text) == allowed.contains(byte))
            #expect(Names.isUserID(text) == (0x20...0x7e).contains(byte))
        }
    }
}
