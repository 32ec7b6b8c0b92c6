import Accounts
import Testing

struct RefreshTokenTests {
    @Test("Exactly the text of a token is one") func form() throws {
        let token = RefreshToken.random()
        #expect(token.text.hasPrefix("scr_") && token.text.utf8.count == 47)
        #expect(RefreshToken(token.text)?.hash == token.hash && token.hash.count == 32)
        #expect(RefreshToken.random().hash != token.hash)
        let text = token.text
        for other in [
            "", "scr_", text + "A", String(text.dropLast()), text + "=", " " + text, text + "\n",
            "SCR_" + text.dropFirst(4),
            "sck_" + text.dropFirst(4), text.dropLast() + "\u{e9}", String(text.dropLast(2)) + "\u{e9}",
        ] {
            #expect(RefreshToken(other) == nil, "\(other)")
        }
    }

    @Test("A token shows nothing") func description() {
        let token = RefreshToken.random()
        var text = ""
        dump(token, to: &text)
        #expect(!"\(token) \(String(reflecting: token)) \(text)".contains(token.text.dropFirst(4)))
    }
}
