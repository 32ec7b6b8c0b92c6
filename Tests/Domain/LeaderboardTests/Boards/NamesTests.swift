import Leaderboard
import Testing

/// The names that are accepted from outside.
struct NamesTests {
    @Test(arguments: [
        "u1", "a b", " a", "a ", "user@example.org", "{}\"\\:", "~", "ß", "日本語", "Ünïcödé", "мир", "שלום",
        "e\u{301}",  // é as two code points
        "\u{301}x", "\u{301}",  // a combining mark first, and alone
        "क्\u{200d}ष", "می\u{200c}خواهم",  // scripts that need the joiners
        "\u{600}١", "\u{6dd}", "\u{110bd}\u{11083}", "\u{13430}\u{13000}",  // format characters that show
        "ᄀ\u{1160}", "\u{115f}ᅡ", "ㅋ\u{3164}", "a\u{a0}b", "a\u{3000}b", "⠓⠊\u{2800}⠽⠕⠥",  // blanks among others
        "ᠮᠣᠩᠭᠣᠯ\u{180b}", "葛\u{e0100}", "ក\u{17b4}", "a\u{34f}b",
        String(repeating: "x", count: 128), String(repeating: "é", count: 64), String(repeating: "🎮", count: 32),
        "8d969eef6ecad3c29a3a629280e686cf0c3f5d5a86aff3ca12020c923adc6c92@university.example",
    ])
    func isUserID(_ text: String) {
        #expect(Names.isUserID(text))
    }

    /// Emoji of every kind (UTS #51): with a presentation, a tone, joined, flags, keycaps, and of later versions.
    @Test(arguments: [
        "🎮", "❤️", "☺︎", "✈\u{fe0f}", "👍🏽", "👩🏽‍🚀", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🏴‍☠️", "❤️‍🔥", "👁️‍🗨️", "🐻‍❄️", "🧑🏿‍❤️‍💋‍🧑🏻",
        "🇩🇪", "🇺🇳", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}🏴\u{e0075}\u{e0073}\u{e0063}\u{e0061}\u{e007f}!",
        "1️⃣", "#️⃣", "*\u{20e3}", "🔟", "ℹ️", "㊙️", "🀄", "🃏", "🏻", "🇩",
        "\u{1fae9}", "\u{1fadf}",  // Unicode 16
        "\u{1fac8}", "\u{1faff}", "\u{1f6d9}", "\u{1fbff}",  // unassigned, or assigned recently
        "\u{378}", "\u{1fffd}", "\u{3134b}",  // unassigned, and not emoji
    ])
    func isShown(_ text: String) {
        #expect(Names.isUserID(text))
        #expect(Names.isUserID("a" + text))
    }

    @Test(arguments: [
        "",
        String(repeating: "x", count: 129), String(repeating: "é", count: 65), String(repeating: "🎮", count: 33),
        String(repeating: "é", count: 64) + "x",
        "\0", "u\0", "u\u{1}", "a\tb", "a\nb", "a\r", "\u{7f}", "\u{85}", "\u{9f}",  // control
        "\u{202e}evil", "a\u{2066}b\u{2069}", "\u{200e}a", "\u{200f}a", "\u{61c}a", "a\u{202a}",  // direction
        "a\u{200b}b", "a\u{2060}b", "\u{feff}a", "soft\u{ad}hyphen", "a\u{180e}", "a\u{206f}",  // invisible
        "a\u{fff9}b\u{fffb}", "a\u{1d173}", "a\u{1bca0}", "a\u{fff0}", "a\u{e01f0}",
        "a\u{2028}b", "a\u{2029}b",  // separators
        "\u{e000}", "\u{f8ff}", "\u{f0000}", "\u{10fffd}",  // private use
        "\u{fffe}", "\u{ffff}", "\u{1fffe}", "\u{dffff}", "\u{10ffff}",  // noncharacters
        "\u{e0041}a", "a\u{e0041}", "a\u{e0001}", "🏴\u{e007f}", "🏴\u{e0067}", "🏴\u{e0067}a", "🏴\u{e0067}🏴",  // tags
        "👍\u{e0067}\u{e0062}\u{e007f}", "🏴 \u{e0067}\u{e007f}", "🏴\u{e0041}\u{e007f}",
    ])
    func isNoUserID(_ text: String) {
        #expect(!Names.isUserID(text))
    }

    @Test(
        "Characters that show nothing, alone and several times",
        arguments: [
            " ", "\u{a0}", "\u{1680}", "\u{2000}", "\u{2003}", "\u{200a}", "\u{202f}", "\u{205f}", "\u{3000}",
            "\u{200c}", "\u{200d}", "\u{34f}", "\u{fe0f}", "\u{fe00}", "\u{e0100}", "\u{180b}", "\u{180f}",
            "\u{3164}", "\u{115f}", "\u{1160}", "\u{ffa0}", "\u{2800}", "\u{17b4}", "\u{17b5}", "\u{1d159}",
            "\u{16fe4}",
        ])
    func showsNothing(_ text: String) {
        #expect(!Names.isUserID(text))
        #expect(!Names.isUserID(text + text + " " + text))
        #expect(Names.isUserID(text + "x"))
        #expect(Names.isUserID(text + "日"))
    }

    @Test("No scalar is judged by the tables of the system: whatever they say, ours cover all of them")
    func everyScalar() {
        var taken = 0
        for value in UInt32(0)...0x10ffff {
            guard let scalar = UnicodeScalar(value) else { continue }
            let isTaken = Names.isUserID("x" + String(Character(scalar)))
            taken += isTaken ? 1 : 0
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .privateUse:
                if isTaken { Issue.record("U+\(String(value, radix: 16)) is taken") }
            case .uppercaseLetter, .lowercaseLetter, .otherLetter, .decimalNumber, .mathSymbol, .otherSymbol,
                .spaceSeparator, .nonspacingMark, .spacingMark, .enclosingMark:
                if !isTaken { Issue.record("U+\(String(value, radix: 16)) is refused") }
            default: break
            }
            if scalar.properties.isNoncharacterCodePoint, isTaken {
                Issue.record("U+\(String(value, radix: 16)) is taken")
            }
        }
        #expect(taken > 900_000)
    }

    /// The limit counts bytes, exactly, whatever characters they form.
    @Test func userIDBytes() {
        for length in 0...260 {
            #expect(Names.isUserID(String(repeating: "x", count: length)) == (1...128).contains(length))
            let wide = String(repeating: "é", count: length / 2) + (length.isMultiple(of: 2) ? "" : "x")
            #expect(wide.utf8.count == length)
            #expect(Names.isUserID(wide) == (1...128).contains(length))
        }
    }

    /// A string that was made by bridging or slicing is treated like any other.
    @Test func userIDOfASlice() {
        let line = "user_id=spieler-ä;"
        let start = line.utf8.index(line.startIndex, offsetBy: 8)
        #expect(Names.isUserID(String(line[start...].dropLast())))
        #expect(!Names.isUserID(String(line[start..<start])))
    }

    @Test(
        "An id is 1 to 64 letters, digits, underscores and hyphens",
        arguments: ["a", "Z", "0", "_", "-", "global", "weekly_cup-2026", String(repeating: "a", count: 64)])
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

    @Test("Every single byte of ASCII")
    func idBytes() {
        let allowed = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-".utf8)
        for byte in UInt8(0)..<128 {
            let text = String(UnicodeScalar(byte))
            #expect(Names.isID(text) == allowed.contains(byte))
            #expect(Names.isUserID(text) == (0x21...0x7e).contains(byte))
        }
    }
}
