import Players
import Testing

/// Names and other short texts that users write and others see.
struct ProfileNameTests {
    @Test(
        "Takes what every script writes",
        arguments: [
            "Ada", "x", "Ada Lovelace", "Жанна д’Арк", "王小明", "עִבְרִית", "हिन्दी", "ไทย", "Zoë", "👩‍❤️‍💋‍👨", "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
            "👩🏽‍🚀 of Mars", String(repeating: "é", count: 32), String(repeating: "👨‍👩‍👧‍👦", count: 32),
        ])
    func takes(_ text: String) { #expect(ProfileName(text)?.text == text) }

    @Test(
        "Refuses what is empty, too long, invisible, or changes its neighbours",
        arguments: [
            "", "   ", "\n", String(repeating: "a", count: 33), "a\u{0}b", "a\nb", "a\u{7f}", "a\u{85}b",
            "\u{202E}evil",
            "a\u{2066}b", "a\u{200B}b", "\u{FEFF}a", "\u{AD}", "\u{3164}", "\u{2800}", "a\u{E0041}", "\u{E000}",
            "\u{301}a", "a" + String(repeating: "\u{301}", count: 12), "a\u{2028}b",
            String(repeating: "\u{1F3F4}\u{E0067}\u{E007F}", count: 100),
        ])
    func refuses(_ text: String) { #expect(ProfileName(text) == nil) }

    @Test("Trims, and composes letters")
    func normalizes() {
        #expect(ProfileName("  Ada \n")?.text == "Ada")
        let composed = ProfileName("Zoe\u{308}")?.text
        #expect(composed?.utf8.elementsEqual("Zo\u{EB}".utf8) == true)
    }

    @Test("A long text costs nothing")
    func longTexts() { #expect(ShownText.normalized(String(repeating: " ", count: 2000) + "a", graphemes: 32) == nil) }
}
