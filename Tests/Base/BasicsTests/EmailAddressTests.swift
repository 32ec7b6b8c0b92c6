import Basics
import Testing

@Suite("E-mail addresses")
struct EmailAddressTests {
    @Test(
        "usual addresses are taken as they are, and compared in lower case",
        arguments: [
            "a@b.cd", "First.Last+tag@Sub.Example.COM", "o'neil@example.com", "x@xn--bcher-kva.example",
            "!#$%&'*+-/=?^_`{|}~@example.com", "\(String(repeating: "x", count: 64))@example.com", "1@2.example",
        ])
    func taken(text: String) throws {
        let email = try #require(EmailAddress(text))
        #expect(email.text == text && email.key == text.lowercased())
        #expect(EmailAddress(text.uppercased()) == email)
        #expect(!"\(email)".contains("@"))
    }

    @Test(
        "others are refused, above all what could add a header or look like another address",
        arguments: [
            "", "@", "a", "a@", "@b.cd", "a@b", "a@b.", "a@.cd", "a@b..cd", ".a@b.cd", "a.@b.cd", "a..b@c.de",
            "a b@c.de", "a@b c.de", "a@b.cd\r\nBcc: x@y.zz", "a@b.cd\n", "a\r@b.cd", "a@b.cd\u{0}", "\"a b\"@c.de",
            "a(x)@b.cd", "a@[127.0.0.1]", "a@127.0.0.1", "a@-b.cd", "a@b-.cd", "a@b_c.de", "a@b@c.de", "<a@b.cd>",
            "a@b.cd,c@d.ef", "a@b.cd>", "é@b.cd", "a@bücher.example", "ａ@b.cd", "a\u{212A}@b.cd", "a@b.cd ",
            "\(String(repeating: "x", count: 65))@example.com", "a@\(String(repeating: "x", count: 64)).cd",
            "a@\(String(repeating: "xxxxxxxxx.", count: 26))cd",
        ])
    func refused(text: String) { #expect(EmailAddress(text) == nil) }
}
