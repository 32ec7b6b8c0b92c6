import Accounts
import Testing

struct PasswordFormTests {
    @Test(arguments: [
        "a password of many words", "1234567890 a", "\u{1F469}\u{200D}\u{1F680}bcdefghijk", "          x",
        String(repeating: "ab", count: 128), "pass\u{0}word\n12",
    ])
    func takesOthers(_ password: String) { #expect(PasswordForm.problem(with: password) == nil) }

    @Test(arguments: [
        ("", "must have 10 to 256 characters"), ("ninechars", "must have 10 to 256 characters"),
        // Ten code points that are five characters.
        (String(repeating: "e\u{301}", count: 5), "must have 10 to 256 characters"),
        (String(repeating: "a", count: 257), "must have 10 to 256 characters"),
        (String(repeating: "\u{1F469}\u{200D}\u{1F680}", count: 100), "must have at most 1024 bytes"),
        ("1234567890", "is one of the most common passwords"), ("QWERTYuiop", "is one of the most common passwords"),
    ])
    func refuses(_ password: String, _ reason: String) { #expect(PasswordForm.problem(with: password) == reason) }

    @Test("The list of common passwords is whole") func list() {
        #expect(CommonPasswords.count == 10_000)
        #expect(["123456", "password", "Password1", "1qaz2wsx3edc"].allSatisfy(CommonPasswords.contains))
        #expect(!["", "a password of many words", "password1\n"].contains(where: CommonPasswords.contains))
    }
}
