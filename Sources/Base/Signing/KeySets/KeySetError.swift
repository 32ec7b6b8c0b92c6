import StrictJSON

/// Why a key set is not used at all. Holds no part of the document.
public enum KeySetError: Error, Equatable, Sendable {
    /// The document is larger than ``KeySet/bytesMax``.
    case tooLarge
    /// The document is not strict JSON.
    case malformed(JSONError)
    /// The document is not an object with an array of objects in `keys`.
    case notAKeySet
    /// There are more keys than ``KeySet/keysMax``.
    case tooManyKeys
    /// The key of this number (from 1) has private members, or is a secret: whoever can read the set can sign tokens.
    case privateKey(number: Int)
    /// The key of this number (from 1) has the `kid` of a key before it.
    case duplicateID(number: Int)
    /// No key is left.
    case noUsableKey([KeySet.SkippedKey])
}

extension KeySetError: CustomStringConvertible {
    /// The problem, and what to do.
    public var description: String {
        switch self {
        case .tooLarge: "The key set is larger than \(KeySet.bytesMax) bytes."
        case .malformed(let error): "The key set cannot be read: \(error)"
        case .notAKeySet: "The document is not a JSON object with an array 'keys' of objects."
        case .tooManyKeys: "The key set has more than \(KeySet.keysMax) keys."
        case .privateKey(let number):
            "Key \(number) of the key set is a private key. Whoever can read it can sign tokens: make a new key, and "
                + "publish its public part only."
        case .duplicateID(let number): "Key \(number) of the key set has the kid of a key before it."
        case .noUsableKey(let skipped):
            skipped.isEmpty
                ? "The key set is empty."
                : "The key set has no key for RS256, ES256 or EdDSA. "
                    + skipped.map { "Key \($0.number) (\($0.reason.rawValue)): \($0.reason.explanation)." }.joined(
                        separator: " ")
        }
    }
}
