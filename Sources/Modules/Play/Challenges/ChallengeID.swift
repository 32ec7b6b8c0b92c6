import Basics

/// Ids of challenges: 128 random bits as 22 characters of base64url. A user who has one may join, so it must not be
/// possible to guess it.
package enum ChallengeID {
    /// A new id.
    package static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        let bits = [UInt64.random(in: .min ... .max, using: &generator), .random(in: .min ... .max, using: &generator)]
        return bits.withUnsafeBytes { Base64.encodeURL($0) }
    }

    /// Whether a text has the form of an id.
    package static func isValid(_ text: String) -> Bool {
        text.utf8.count == 22 && text.utf8.allSatisfy { $0.isIDByte }
    }
}
