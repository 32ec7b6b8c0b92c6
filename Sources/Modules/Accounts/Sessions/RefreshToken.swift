import Basics
import Crypto

/// A token with which a client gets the next pair of tokens: `scr_` and 256 random bits in base64url.
package struct RefreshToken: Sendable {
    private let bytes: [UInt8]

    private static let prefix = "scr_"
    private static let byteCount = 32
    /// The length of the text.
    static let characters = prefix.utf8.count + Base64.encodedCount(byteCount)

    /// A new token.
    package static func random() -> RefreshToken {
        var generator = SystemRandomNumberGenerator()
        return RefreshToken(bytes: (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// The token of a text; nil unless it is exactly the text of one.
    package init?(_ text: String) {
        guard text.utf8.count == Self.characters, text.utf8.starts(with: Self.prefix.utf8),
            let bytes = Array(text.utf8.dropFirst(Self.prefix.utf8.count)).withUnsafeBytes({ Base64.decodeURL($0) }),
            bytes.count == Self.byteCount
        else { return nil }
        self.bytes = bytes
    }

    /// The text, for its client alone.
    package var text: String { Self.prefix + bytes.withUnsafeBytes { Base64.encodeURL($0) } }

    /// The SHA-256, which is all that is stored.
    package var hash: [UInt8] { Array(SHA256.hash(data: bytes)) }
}

extension RefreshToken: CustomStringConvertible, CustomReflectable {
    /// Without the secret.
    package var description: String { "a refresh token" }
    /// No members.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
