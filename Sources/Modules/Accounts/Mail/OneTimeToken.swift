import Basics
import Crypto

/// A token that comes by mail: `scm_` and 43 characters, the base64url form of 32 random bytes. The store knows only
/// its hash.
package struct OneTimeToken: Sendable {
    /// SHA-256 of a token's text.
    package struct Hash: Sendable, Hashable {
        /// 32 bytes.
        package let bytes: [UInt8]
    }

    /// How long a token verifies an address.
    package static let verificationSeconds: Int64 = 24 * 3600
    /// How long a token sets a password.
    package static let resetSeconds: Int64 = 3600

    private static let prefix = "scm_"
    private static let bytesCount = 32

    /// The token, to be sent by mail and nowhere else.
    package let text: String
    package let hash: Hash

    /// A new token.
    package init() {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<Self.bytesCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        text = Self.prefix + bytes.withUnsafeBytes { Base64.encodeURL($0) }
        hash = Hash(of: text)
    }

    /// The token of a request; nil if it has not the form of one.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix),
            text.utf8.count == Self.prefix.utf8.count + Base64.encodedCount(Self.bytesCount),
            Array(text.utf8.dropFirst(Self.prefix.utf8.count)).withUnsafeBytes({ Base64.decodeURL($0) }) != nil
        else { return nil }
        self.text = text
        hash = Hash(of: text)
    }
}

extension OneTimeToken.Hash {
    fileprivate init(of text: String) { bytes = Array(SHA256.hash(data: Array(text.utf8))) }
}

extension OneTimeToken: CustomStringConvertible, CustomReflectable {
    /// Never the token.
    package var description: String { "<redacted>" }

    /// Without children, so that `dump` does not show the token.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
