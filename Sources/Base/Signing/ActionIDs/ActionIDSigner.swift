import Basics

/// Makes action ids, with the first of the keys.
public struct ActionIDSigner: Sendable {
    private let keys: ActionKeys

    /// A signer for these keys.
    public init(keys: ActionKeys) { self.keys = keys }

    /// One action id for one user.
    ///
    /// - Parameters:
    ///   - action: 1 to 64 of `A-Z a-z 0-9 _ -`.
    ///   - nonce: 8 to 64 of them, never used before; random unless given.
    ///   - issuedAt: milliseconds since 1970, up to 15 digits.
    ///   - score: the score that the request must name, within ±2^53; `nil` for none.
    ///   - userID: the one user who can use it.
    /// - Throws: ``ActionIDFieldError`` for a field out of form.
    public func sign(
        action: String,
        nonce: String = ActionNonce.random(),
        issuedAt: Int64,
        score: Int64? = nil,
        userID: String
    ) throws(ActionIDFieldError) -> String {
        guard ActionID.isAction(action) else { throw .action }
        guard ActionID.isNonce(nonce) else { throw .nonce }
        guard ActionID.issueTimes.contains(issuedAt) else { throw .issuedAt }
        if let score, !ActionID.scores.contains(score) { throw .score }
        let key = keys.signing
        let signed = "\(ActionID.version).\(key.id).\(action).\(nonce).\(issuedAt).\(score.map { "\($0)" } ?? "-")"
        let signature = signed.withBytes { text in
            userID.withBytes { user in
                key.authenticator.withSignature(of: text, userID: user) { String(decoding: $0, as: UTF8.self) }
            }
        }
        return "\(signed).\(signature)"
    }
}

/// The field for which an action id cannot be made.
public enum ActionIDFieldError: String, Error, Equatable, Sendable {
    /// The action is not 1 to 64 letters, digits, `_` or `-`.
    case action
    /// The nonce is not 8 to 64 letters, digits, `_` or `-`.
    case nonce
    /// The issue time is negative or has more than 15 digits.
    case issuedAt = "issued_at"
    /// The score is beyond ±2^53.
    case score
}

/// The random part of action ids.
public enum ActionNonce {
    /// 16 random bytes as 22 characters of unpadded base64url, from the system's generator: 128 bits, so that no two
    /// of any number of nodes ever make the same.
    public static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }

    /// The same from another generator, for tests that must repeat.
    public static func random(using generator: inout some RandomNumberGenerator) -> String {
        let words = SIMD2<UInt64>(generator.next(), generator.next())
        return withUnsafeBytes(of: words) { Base64.encodeURL($0) }
    }
}
