import Basics

/// An action id proves that one user did one action once, and when:
///
///     v1.<key id>.<action>.<nonce>.<issued at>.<score or ->.<signature>
///
/// - key id: 1 to 32 of `A-Z a-z 0-9 _ -`; action: 1 to 64 of them; nonce: 8 to 64 of them
/// - issued at: milliseconds since 1970, 1 to 15 digits
/// - score: a decimal integer within ±2^53, or `-`
/// - signature: HMAC-SHA256 over everything before the last dot, a line feed, and the user id, as unpadded base64url
///
/// The form is strict: one text for one meaning, so that no second spelling of an action id counts as another one.
public enum ActionID {
    /// The length of the longest action id, in bytes. A longer text is refused before any work is done on it.
    public static let maxBytes = 3 + 33 + 65 + 65 + 16 + 18 + signatureBytes

    /// The length of a signature: 32 bytes as unpadded base64url.
    public static let signatureBytes = 43

    /// The scores that an action id can hold: the integers that JSON keeps exactly.
    public static let scores: ClosedRange<Int64> = -9_007_199_254_740_992...9_007_199_254_740_992

    /// The issue times that an action id can hold, in milliseconds since 1970.
    public static let issueTimes: ClosedRange<Int64> = 0...999_999_999_999_999

    static let version: StaticString = "v1"
    static let keyIDLengths = 1...32
    static let actionLengths = 1...64
    static let nonceLengths = 8...64

    /// Whether this can be the name of an action in an action id.
    public static func isAction(_ text: some StringProtocol) -> Bool {
        text.withBytes { isName($0, lengths: actionLengths) }
    }

    /// Whether this can be the nonce of an action id.
    public static func isNonce(_ text: some StringProtocol) -> Bool {
        text.withBytes { isName($0, lengths: nonceLengths) }
    }

    static func isName(_ bytes: UnsafeRawBufferPointer, lengths: ClosedRange<Int>) -> Bool {
        lengths.contains(bytes.count) && bytes.allSatisfy { $0.isIDByte }
    }
}

/// Why an action id was refused. For metrics and logs only: a client gets the same answer for each of them, so that it
/// learns nothing about keys and clocks from guesses.
public enum ActionIDError: String, Error, Equatable, Sendable, CaseIterable {
    /// The text is malformed.
    case malformed
    /// It names a key that is not configured (any more, or yet).
    case unknownKey = "unknown_key"
    /// The signature is not that of this text and this user.
    case badSignature = "bad_signature"
    /// The signature is right, but it was issued too long ago.
    case expired
    /// The signature is right, but it was issued in the future.
    case notYetValid = "not_yet_valid"
}

/// The content of a verified action id.
public struct VerifiedActionID: Equatable, Sendable {
    /// The id of the key that signed it.
    public let keyID: String
    /// The action that the user did.
    public let action: String
    /// The random part that makes it single-use.
    public let nonce: String
    /// When it was issued, in milliseconds since 1970.
    public let issuedAt: Int64
    /// The score that the request must name; `nil` if the action id holds none.
    public let score: Int64?
    /// The signature, 43 characters of unpadded base64url: a short name that no two action ids share.
    public let signature: String
}
