import JWTKit

/// A key that tokens are verified with, bound to one algorithm for good (RFC 8725 section 3.1).
///
/// The algorithm belongs to the key, never to the token: a token whose header names another one is refused before any
/// cryptography, so that a public RSA key cannot be made to pass for an HMAC secret.
public struct TokenKey: Sendable {
    /// The algorithms that can be used. No others, whatever a library knows: `none` above all.
    public static let algorithms: Set<String> = ["HS256", "RS256", "ES256", "EdDSA"]

    /// The name that keys for Ed25519 have here.
    static let edwards = "EdDSA"

    /// The algorithm that a name means: RFC 9864 calls Ed25519 by its own name and deprecates `EdDSA`, which is also
    /// Ed448's; here both are Ed25519.
    static func algorithm(named name: String) -> String { name == "Ed25519" ? edwards : name }

    /// The least length of an HS256 secret, in bytes (RFC 7518 section 3.2).
    public static let secretBytesMin = 32

    /// The key's id (`kid`); `nil` for a key without one. If no key of an algorithm has an id, those keys are tried
    /// whatever id a token names.
    public let id: String?

    /// The name of the one algorithm that the key is for, as in the header's `alg`.
    public let algorithm: String

    let implementation: any JWTAlgorithm

    /// A key that a `JWTKeyCollection` holds, as its `getKey` returns it.
    ///
    /// - Throws: ``TokenKeyError/algorithmRefused`` unless its algorithm is one of ``algorithms``.
    public init(id: String?, implementation: any JWTAlgorithm) throws(TokenKeyError) {
        guard Self.algorithms.contains(implementation.name) else { throw .algorithmRefused }
        self.id = id
        self.algorithm = implementation.name
        self.implementation = implementation
    }

    /// A key for HS256, which also signs.
    ///
    /// - Throws: ``TokenKeyError/secretTooShort`` below ``secretBytesMin``.
    public static func hs256(secret: [UInt8], id: String? = nil) async throws(TokenKeyError) -> TokenKey {
        guard secret.count >= secretBytesMin else { throw .secretTooShort }
        let collection = JWTKeyCollection()
        await collection.add(hmac: HMACKey(from: secret), digestAlgorithm: .sha256)
        let implementation: any JWTAlgorithm
        do { implementation = try await collection.getKey() } catch { throw .unusable }
        return try TokenKey(id: id, implementation: implementation)
    }
}

extension TokenKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The id and the algorithm: printing this shows no key.
    public var description: String { "TokenKey(id: \(id ?? "none"), algorithm: \(algorithm))" }
    /// The id and the algorithm.
    public var debugDescription: String { description }
    /// The id and the algorithm.
    public var customMirror: Mirror { Mirror(self, children: ["id": id ?? "none", "algorithm": algorithm]) }
}

/// Why keys cannot be used for tokens. None holds a part of a key.
public enum TokenKeyError: Error, Equatable, Sendable {
    /// The secret is shorter than ``TokenKey/secretBytesMin``.
    case secretTooShort
    /// The key is for an algorithm that is not among ``TokenKey/algorithms``.
    case algorithmRefused
    /// There is no key to verify with.
    case noKey
    /// There are more keys than ``TokenVerifier/keysMax``.
    case tooManyKeys
    /// The cryptographic library does not take the key.
    case unusable
}

extension TokenKeyError: CustomStringConvertible {
    /// The problem, and what to do.
    public var description: String {
        switch self {
        case .secretTooShort: "The token secret is shorter than \(TokenKey.secretBytesMin) bytes."
        case .algorithmRefused: "The token key is for an algorithm other than HS256, RS256, ES256 and EdDSA."
        case .noKey: "There is no key to verify tokens with."
        case .tooManyKeys: "There are more than \(TokenVerifier.keysMax) keys to verify tokens with."
        case .unusable: "The token key cannot be used."
        }
    }
}
