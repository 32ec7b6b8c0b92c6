import StrictJSON

/// The keys of a JSON Web Key Set (RFC 7517 section 5) that tokens can be verified with.
///
/// Pure: it reads bytes that somebody else fetched. Keys that cannot be used here (for encryption, of other algorithms,
/// too short) are left out, as the RFC asks for: a provider may publish them with the others. A fault that makes the
/// whole set unfit to be trusted is an error.
public struct KeySet: Sendable {
    /// The largest document, in bytes. Sets with certificate chains take a few kilobytes for each key.
    public static let bytesMax = 1 << 20
    /// The largest number of keys in a set, those that are left out among them.
    public static let keysMax = 64
    /// The algorithms that keys of a set can be for. Never HS256: its key is a secret, and a key set is public.
    public static let algorithms: Set<String> = ["RS256", "ES256", "EdDSA"]

    /// A key that was left out.
    public struct SkippedKey: Equatable, Sendable {
        /// Its place in the set, beginning with 1.
        public let number: Int
        /// Why.
        public let reason: Reason

        /// A key at this place that was left out.
        public init(number: Int, reason: Reason) {
            self.number = number
            self.reason = reason
        }
    }

    /// Why a key was left out. The raw value is a stable name, for logs; `explanation` is for people.
    public enum Reason: String, Error, Equatable, Sendable, CaseIterable {
        /// `kty` is none of `RSA`, `EC` and `OKP`.
        case unknownType = "unknown_type"
        /// `use` is not `sig`, or `key_ops` is there without `verify`.
        case notForVerification = "not_for_verification"
        /// `alg` is not the one algorithm that keys of this type are used for here.
        case otherAlgorithm = "other_algorithm"
        /// `crv` is not P-256 (of `EC`) or Ed25519 (of `OKP`).
        case otherCurve = "other_curve"
        /// The RSA modulus is not of 2048 to 8192 bits.
        case wrongSize = "wrong_size"
        /// A member is missing, of a wrong type or of a wrong length.
        case malformed
        /// The cryptographic library does not take the key: a point that is not on its curve, for instance.
        case unusable
        /// Anybody can sign for the key: an Ed25519 point of small order, an RSA exponent of 1, or a modulus that can
        /// be taken apart.
        case weak = "anybody_can_sign"
    }

    /// The keys, in the order of the set; never empty. Each has one algorithm for good.
    public let keys: [TokenKey]
    /// The keys that were left out.
    public let skipped: [SkippedKey]

    private let publicKeys: [PublicKey]

    /// Reads a set.
    ///
    /// - Throws: ``KeySetError`` if the document is not a key set, too large, without a usable key, or not to be
    ///   trusted.
    public init(_ bytes: [UInt8]) async throws(KeySetError) {
        var keys: [TokenKey] = []
        var publicKeys: [PublicKey] = []
        var skipped: [SkippedKey] = []
        for (index, entry) in try Self.entries(bytes).enumerated() {
            guard let members = entry.object else { throw .notAKeySet }
            guard !PublicKey.isPrivate(members) else { throw .privateKey(number: index + 1) }
            do throws(Reason) {
                let publicKey = try PublicKey(members)
                let key = try await publicKey.tokenKey
                keys.append(key)
                publicKeys.append(publicKey)
            } catch {
                skipped.append(SkippedKey(number: index + 1, reason: error))
                continue
            }
            let isTaken = publicKeys.dropLast().contains { $0.id != nil && $0.id == publicKeys.last?.id }
            guard !isTaken else { throw .duplicateID(number: index + 1) }
        }
        guard !keys.isEmpty else { throw .noUsableKey(skipped) }
        self.keys = keys
        self.publicKeys = publicKeys
        self.skipped = skipped
    }

    /// Whether both sets have the same usable keys in the same order, so that one need not replace the other.
    public func hasSameKeys(as other: KeySet) -> Bool { publicKeys == other.publicKeys }

    /// The entries of `keys`.
    private static func entries(_ bytes: [UInt8]) throws(KeySetError) -> [JSONValue] {
        guard bytes.count <= bytesMax else { throw .tooLarge }
        let document: JSONValue
        do {
            document = try JSONValue(bytes, limits: JSONLimits(maxElements: 1_024, maxDocumentBytes: bytesMax))
        } catch { throw .malformed(error) }
        guard let entries = document["keys"]?.array else { throw .notAKeySet }
        guard entries.count <= keysMax else { throw .tooManyKeys }
        return entries
    }
}

extension KeySet.Reason {
    /// Says what is wrong with the key, for operators.
    public var explanation: String {
        switch self {
        case .unknownType: "its kty is none of RSA, EC and OKP"
        case .notForVerification: "it is not for signatures (use, key_ops)"
        case .otherAlgorithm: "its alg is none of RS256, ES256, EdDSA and Ed25519, or not that of its kty"
        case .otherCurve: "its curve is neither P-256 nor Ed25519"
        case .wrongSize: "its modulus is not of 2048 to 8192 bits"
        case .malformed: "a member is missing, or has a wrong type or length"
        case .unusable: "it is not a key, such as a point that is not on its curve"
        case .weak: "anybody can make signatures for it; make a new key pair"
        }
    }
}
