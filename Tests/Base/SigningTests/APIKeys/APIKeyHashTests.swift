import Basics
import Crypto
import Signing
import Testing

/// Hashes of API keys.
@Suite struct APIKeyHashTests {
    private static func hash(_ text: String) -> APIKeyHash? {
        Array(text.utf8).withUnsafeBytes { APIKeyHash(ofKey: $0) }
    }

    @Test func isTheSHA256OfTheWholeText() throws {
        let key = "sck_" + String(repeating: "A", count: 43)
        let expected = Array(SHA256.hash(data: Array(key.utf8)))
        let hash = try #require(Self.hash(key))
        #expect(hash == APIKeyHash(bytes: expected))
        #expect(hash.hexadecimal == Hexadecimal.text(expected))
    }

    @Test func otherTextsHaveNone() {
        let rest = String(repeating: "A", count: 43)
        for text in ["", "sck_", "sck_" + rest + "A", "sck_" + rest.dropLast(), "SCK_" + rest, "scr_" + rest, rest] {
            #expect(Self.hash(text) == nil, "\(text)")
        }
        #expect(APIKeyHash(bytes: []) == nil && APIKeyHash(bytes: Array(repeating: 0, count: 33)) == nil)
    }
}
