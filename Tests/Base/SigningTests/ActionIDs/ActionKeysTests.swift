import Signing
import Testing

/// Reading the keys from their configuration.
@Suite struct ActionKeysTests {
    private func refusal(_ text: String) -> ActionKeysError? {
        thrown { () throws(ActionKeysError) in try ActionKeys(parsing: text) }
    }

    static let good = "MDEyMzQ1Njc4OWFiY2RlZg=="

    @Test func keepsTheOrder() throws {
        let keys = try ActionKeys(parsing: "new:\(Self.good), old:\(Self.good)\n")
        #expect(keys.ids == ["new", "old"])
    }

    @Test(arguments: [
        ("", ActionKeysError.noKey), (" \n", .noKey), (",", .noKey), ("k1", .invalidEntry(number: 1)),
        ("k1:\(good),", .invalidEntry(number: 2)), ("k1:\(good),,k2:\(good)", .invalidEntry(number: 2)),
        (":\(good)", .invalidID(number: 1)), ("k.1:\(good)", .invalidID(number: 1)),
        ("k1:\(good),k 2:\(good)", .invalidID(number: 2)),
        ("\(String(repeating: "k", count: 33)):\(good)", .invalidID(number: 1)),
        ("k1:\(good),k1:\(good)", .duplicateID(number: 2)), ("k1:not base64", .invalidBase64(number: 1)),
        ("k1:MDEyMzQ1Njc4OWFiY2RlZg=", .invalidBase64(number: 1)),
        ("k1:MDEyMzQ1Njc4OWFiY2RlZh==", .invalidBase64(number: 1)),
        ("k1:MDEy=zQ1Njc4OWFiY2RlZg==", .invalidBase64(number: 1)), ("k1:\(good):x", .invalidBase64(number: 1)),
        ("k1:", .keyTooShort(number: 1)), ("k1:\(good),k2:MDEyMzQ1Njc4OWFiY2Rl", .keyTooShort(number: 2)),
        ("k1:\(String(repeating: "AAAA", count: 86))", .keyTooLong(number: 1)),
    ])
    func refuses(_ text: String, _ error: ActionKeysError) {
        #expect(refusal(text) == error)
    }

    @Test func limitsTheirNumber() {
        let entries = (0...ActionKeys.countMax).map { "k\($0):\(Self.good)" }
        #expect(refusal(entries.dropLast().joined(separator: ",")) == nil)
        #expect(refusal(entries.joined(separator: ",")) == .tooManyKeys)
    }

    /// Padded or not, of either alphabet, it is the same key.
    @Test func takesEveryUsualSpellingOfAKey() throws {
        let bytes: [UInt8] = [0xFB, 0xFF, 0xBF] + Array(repeating: 0xFE, count: 17)
        let spellings = ["+/+//v7+/v7+/v7+/v7+/v7+/v4=", "+/+//v7+/v7+/v7+/v7+/v7+/v4", "-_-__v7-_v7-_v7-_v7-_v7-_v4"]
        let expected = try ActionIDSigner(keys: ActionKeys([("k", bytes)]))
            .sign(action: "a", nonce: "nonce0001", issuedAt: now, userID: "u")
        for spelling in spellings {
            let signer = ActionIDSigner(keys: try ActionKeys(parsing: "k:\(spelling)"))
            #expect(try signer.sign(action: "a", nonce: "nonce0001", issuedAt: now, userID: "u") == expected)
        }
    }

    @Test func neverShowsAKey() throws {
        let secretText = "c2VjcmV0LXNlY3JldC1zZWNyZXQ="
        let keys = try ActionKeys(parsing: "k1:\(secretText)")
        var dumped = ""
        dump(keys, to: &dumped)
        for shown in ["\(keys)", String(reflecting: keys), dumped] {
            #expect(shown.contains("k1"))
            #expect(!shown.contains("secret") && !shown.contains("c2Vj") && !shown.contains("115"))
        }
        for text in ["\(secretText)", "k1:\(secretText)!", "\(secretText):k1", "k1:\(secretText),k1:\(secretText)"] {
            let error = try #require(refusal(text))
            #expect(!"\(error)".contains("c2Vj") && !String(reflecting: error).contains("c2Vj"))
        }
    }
}
