import Basics
import Crypto
import JWTKit

/// A key of the deployment's own that tokens are signed with, or the public half of one: Ed25519 or P-256.
///
/// Nodes that make tokens have the private key, all others need only the public half.
public struct OwnTokenKey: Sendable {
    /// The largest number of such keys; rotation needs two.
    public static let countMax = 16
    /// The lengths that a `kid` may have.
    public static let idLengths = 1...64

    private enum Material: Sendable {
        case ed25519(Curve25519.Signing.PrivateKey)
        case ed25519Public(Curve25519.Signing.PublicKey)
        case p256(P256.Signing.PrivateKey)
        case p256Public(P256.Signing.PublicKey)
    }

    /// The key's id (`kid`): 1 to 64 characters of `A-Z a-z 0-9 _ -`.
    public let id: String

    private let material: Material

    /// Reads a key.
    ///
    /// - Parameters:
    ///   - id: names the key in tokens.
    ///   - der: a private key as PKCS#8 (RFC 5958), or a public one as SubjectPublicKeyInfo (RFC 5280 section 4.1), of
    ///     an Ed25519 key (RFC 8410) or a P-256 one (RFC 5480, RFC 5915).
    /// - Throws: ``OwnTokenKeyError``, which shows no part of the key.
    public init(id: String, der: [UInt8]) throws(OwnTokenKeyError) {
        guard Self.idLengths.contains(id.utf8.count), id.utf8.allSatisfy(\.isIDByte) else { throw .invalidID }
        self.id = id
        switch TokenKeyDER(der) {
        case .ed25519(let seed, let publicKey):
            guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed),
                publicKey.map({ $0 == Array(key.publicKey.rawRepresentation) }) ?? true
            else { throw .notAKey }
            material = .ed25519(key)
        case .ed25519Public(let point):
            guard !EdwardsPoint.isUnsafe(point) else { throw .weak }
            guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: point) else { throw .notAKey }
            material = .ed25519Public(key)
        case .p256:
            guard let key = try? P256.Signing.PrivateKey(derRepresentation: der) else { throw .notAKey }
            material = .p256(key)
        case .p256Public:
            guard let key = try? P256.Signing.PublicKey(derRepresentation: der) else { throw .notAKey }
            material = .p256Public(key)
        case nil: throw .notAKey
        }
    }

    /// Whether it can sign.
    public var isPrivate: Bool {
        switch material {
        case .ed25519, .p256: true
        case .ed25519Public, .p256Public: false
        }
    }

    /// The algorithm of its tokens, as in the header's `alg`.
    public var algorithm: String {
        switch material {
        case .ed25519, .ed25519Public: TokenKey.edwards
        case .p256, .p256Public: "ES256"
        }
    }

    /// The key as verifiers and issuers take it.
    ///
    /// - Throws: ``TokenKeyError/unusable`` if the cryptographic library does not take it.
    public var tokenKey: TokenKey {
        get async throws(TokenKeyError) {
            let collection = JWTKeyCollection()
            let implementation: any JWTAlgorithm
            do {
                switch material {
                case .ed25519(let key): await collection.add(eddsa: EdDSA.PrivateKey(backing: key))
                case .ed25519Public(let key): await collection.add(eddsa: EdDSA.PublicKey(backing: key))
                case .p256(let key): await collection.add(ecdsa: try ES256PrivateKey(backing: key))
                case .p256Public(let key): await collection.add(ecdsa: try ES256PublicKey(backing: key))
                }
                implementation = try await collection.getKey()
            } catch { throw .unusable }
            return try TokenKey(id: id, implementation: implementation)
        }
    }

    /// The members of the public key in a key set, in the order in which they are written (RFC 8037 section 2, RFC 7518
    /// section 6.2.1).
    var publicMembers: [(name: String, value: String)] {
        switch material {
        case .ed25519(let key): Self.members(of: key.publicKey)
        case .ed25519Public(let key): Self.members(of: key)
        case .p256(let key): Self.members(of: key.publicKey)
        case .p256Public(let key): Self.members(of: key)
        }
    }

    private static func members(of key: Curve25519.Signing.PublicKey) -> [(name: String, value: String)] {
        [("kty", "OKP"), ("crv", "Ed25519"), ("x", base64URL(key.rawRepresentation))]
    }

    private static func members(of key: P256.Signing.PublicKey) -> [(name: String, value: String)] {
        let point = key.rawRepresentation
        return [
            ("kty", "EC"), ("crv", "P-256"), ("x", base64URL(point.prefix(32))), ("y", base64URL(point.suffix(32))),
        ]
    }

    private static func base64URL(_ bytes: some Sequence<UInt8>) -> String {
        Array(bytes).withUnsafeBytes { Base64.encodeURL($0) }
    }
}

extension OwnTokenKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The id, the algorithm, and which half it is: printing this shows no key.
    public var description: String {
        "OwnTokenKey(id: \(id), algorithm: \(algorithm), \(isPrivate ? "private" : "public"))"
    }
    /// The same.
    public var debugDescription: String { description }
    /// The id and the algorithm.
    public var customMirror: Mirror { Mirror(self, children: ["id": id, "algorithm": algorithm]) }
}
