import Accounts
import Testing

struct EmailAddressTests {
    @Test(arguments: ["a@b.c", "Ada.Lovelace+x@mail.example.org", "a_b-c'd@xn--bcher-kva.example", "1@2.3"])
    func takes(_ text: String) {
        #expect(EmailAddress(text)?.text == text && EmailAddress(text)?.key == text.lowercased())
    }

    @Test(arguments: [
        "", "a", "a@", "@b.c", "a@b", "a@b@c.d", "a b@c.d", "a@b..c", "a@-b.c", "a@b-.c", ".a@b.c", "a.@b.c",
        "a..b@c.d",
        "a@b.c\n", "a@b.c\r\nBcc: x@y.z", "a@[127.0.0.1]", "\"a\"@b.c", "a,b@c.d", "<a@b.c>", "\u{e4}@b.c",
        "a@b\u{fc}.c", "a@b.c\u{0}", String(repeating: "a", count: 65) + "@b.c",
        "a@" + String(repeating: "a.", count: 130) + "c", "a@" + String(repeating: "a", count: 64) + ".c",
    ])
    func refuses(_ text: String) { #expect(EmailAddress(text) == nil) }
}
