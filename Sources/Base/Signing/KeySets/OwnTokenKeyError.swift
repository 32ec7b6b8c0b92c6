/// Why a key of the deployment's own cannot be used. None holds a part of a key.
public enum OwnTokenKeyError: Error, Equatable, Sendable {
    /// The id is not 1 to 64 characters of `A-Z a-z 0-9 _ -`.
    case invalidID
    /// The bytes are not the DER form of an Ed25519 or P-256 key.
    case notAKey
    /// Anybody can sign for the key: an Ed25519 point of small order, or none of the canonical form.
    case weak
}

extension OwnTokenKeyError: CustomStringConvertible {
    /// What is wrong, as the rest of a sentence that begins with the entry.
    public var description: String {
        switch self {
        case .invalidID:
            "has a kid that is not \(OwnTokenKey.idLengths.lowerBound) to \(OwnTokenKey.idLengths.upperBound) "
                + "characters of A-Z a-z 0-9 _ -"
        case .notAKey:
            "has a key that is not the DER form of an Ed25519 or P-256 key: PKCS#8 for a private key "
                + "(openssl pkcs8 -topk8 -nocrypt -outform DER), SubjectPublicKeyInfo for a public one "
                + "(openssl pkey -pubout -outform DER)"
        case .weak: "has a key that anybody can make signatures for; make a new key pair"
        }
    }
}
