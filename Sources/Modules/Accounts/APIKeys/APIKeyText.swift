import Basics
import Signing

/// The text of a new API key: `sck_` and 43 characters of base64url, 256 random bits.
package struct APIKeyText: Sendable {
    /// The text. It is shown once.
    package let text: String
    /// What is stored of it: its SHA-256. No slower hash is needed, since nobody can guess 256 random bits.
    package let hash: APIKeyHash

    private static let secretBytes = 32
    private static let idBytes = 8

    /// A new text.
    package static func random() -> APIKeyText {
        let secret = randomBytes(secretBytes).withUnsafeBytes { Base64.encodeURL($0) }
        let text = APIKeyHash.prefix + secret
        guard let hash = Array(text.utf8).withUnsafeBytes({ APIKeyHash(ofKey: $0) }) else {
            preconditionFailure("a new key has not the form of one")
        }
        return APIKeyText(text: text, hash: hash)
    }

    private init(text: String, hash: APIKeyHash) {
        self.text = text
        self.hash = hash
    }

    /// A new id: 16 hexadecimal digits, so that it can be an argument of a command.
    package static func randomID() -> String { Hexadecimal.text(randomBytes(idBytes)) }

    /// Whether a text can be an id.
    package static func isID(_ text: String) -> Bool {
        text.utf8.count == 2 * idBytes
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}

extension APIKeyText: CustomStringConvertible, CustomReflectable {
    /// Nothing of the key.
    package var description: String { "an API key" }
    /// No members.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
