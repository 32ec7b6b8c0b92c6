import Accounts
import HTTPKit
import Testing

struct PasswordHashTests {
    /// Made by another implementation: `hashlib.scrypt` of Python 3.
    private static let known =
        "$scrypt$ln=10,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$jH2Q0DVu/biUHDn5RfgnP5UFEFC5iPDs9jIYmGfMTIE"

    @Test("Hashes are those of scrypt, and passwords are compared in NFC") func knownHash() async throws {
        let hasher = try PasswordHasher(parameters: TestAccounts.cheap, threads: 1)
        #expect(try await hasher.verify("correct horse \u{e9}", against: Self.known))
        #expect(try await hasher.verify("correct horse e\u{301}", against: Self.known))
        for wrong in ["", "correct horse e", "correct horse \u{e9} ", "Correct horse \u{e9}"] {
            #expect(try await !hasher.verify(wrong, against: Self.known), "\(wrong)")
        }
    }

    @Test("What is hashed can be read again") func roundTrip() async throws {
        let hasher = try PasswordHasher(parameters: TestAccounts.cheap, threads: 1)
        let (one, two) = (try await hasher.hash("one password"), try await hasher.hash("one password"))
        #expect(one != two, "each has its own salt")
        #expect(one.hasPrefix("$scrypt$ln=4,r=8,p=1$") && one.count == 87)
        #expect(PasswordHash(one)?.text == one)
        #expect(try await hasher.verify("one password", against: one))
        #expect(try await !hasher.verify("two password", against: one))
    }

    @Test(
        "Only exactly the text of a hash is one",
        arguments: [
            ("", ""), ("$scrypt$", "$argon2id$"), ("$scrypt$", "scrypt$"), ("ln=10", "ln=010"), ("ln=10", "ln=+10"),
            ("ln=10", "ln=0"), ("ln=10", "ln=21"), ("ln=10", "ln=99999999999999999999"), ("r=8", "r=0"),
            ("r=8", "r=17"), ("p=1", "p=0"), ("p=1", "p=17"), ("ln=10,r=8", "r=8,ln=10"), ("p=1", "p=1,x=1"),
            ("$AAEC", "$$AAEC"), ("Dw$", "Dw==$"), ("Dw$", "Dx$"), ("/biU", "_biU"), ("TIE", "TIF"), ("TIE", "TI"),
            ("TIE", "TIE$"), ("TIE", "TIE\n"), ("AAECAwQF", "AAECAwQ"), ("ln=10,r=8", "ln=20,r=16"),
        ])
    func malformed(_ part: String, _ other: String) async throws {
        let text = part.isEmpty ? "" : Self.known.replacing(part, with: other, maxReplacements: 1)
        #expect(text != Self.known && PasswordHash(text) == nil)
        let hasher = try PasswordHasher(parameters: TestAccounts.cheap, threads: 1)
        #expect(try await !hasher.verify("correct horse \u{e9}", against: text))
        #expect(hasher.hashes == 1, "the same work is done")
    }

    @Test("A hash shows nothing") func description() throws {
        let hash = try #require(PasswordHash(Self.known))
        var text = ""
        dump(hash, to: &text)
        #expect(!"\(hash) \(String(reflecting: hash)) \(text)".contains("AAEC"))
    }

    @Test("The cost is OWASP's") func cost() {
        let parameters = ScryptParameters.recommended
        #expect(parameters.logN == 17 && parameters.blockSize == 8 && parameters.parallelism == 1)
        #expect(parameters.bytes == 128 << 20)
    }
}
