import Basics
import JWTKit
import StrictJSON

/// One public key of a key set (RFC 7517 section 4, RFC 7518 section 6, RFC 8037 section 2), its members checked.
struct PublicKey: Equatable {
    /// The numbers of the key, as canonical base64url.
    enum Material: Equatable {
        case rsa(modulus: String, exponent: String)
        case p256(x: String, y: String)
        case ed25519(x: String)
    }

    /// The bytes of `kid`: two ids that only look the same are not the same.
    let id: [UInt8]?
    let material: Material

    /// The bits that an RSA modulus may have. Below, it can be broken (NIST SP 800-131A); above, checking one signature
    /// takes so long that the key's owner could stop this service.
    private static let rsaBits = 2_048...8_192
    /// The bytes of a coordinate on P-256 (RFC 7518 section 6.2.1.2), and of an Ed25519 key (RFC 8032 section 5.1.5).
    private static let coordinateBytes = 32
    /// The longest `kid`, as in a token's header.
    private static let idBytesMax = 256

    /// The members that make a key of this type a private one, or a secret.
    private static let privateMembers = [
        "RSA": ["d", "p", "q", "dp", "dq", "qi", "oth"], "EC": ["d"], "OKP": ["d"], "oct": ["k"],
    ]

    /// Whether an entry holds what only its owner should have.
    static func isPrivate(_ members: JSONObject) -> Bool {
        guard let type = members["kty"]?.string else { return false }
        return privateMembers[type]?.contains { members[$0] != nil } ?? false
    }

    /// Checks an entry of a key set.
    ///
    /// - Throws: why it cannot be used here.
    init(_ members: JSONObject) throws(KeySet.Reason) {
        guard let type = members["kty"]?.string else { throw .malformed }
        let algorithm: String
        switch type {
        case "RSA": algorithm = "RS256"
        case "EC": algorithm = "ES256"
        case "OKP": algorithm = TokenKey.edwards
        default: throw .unknownType
        }
        guard try Self.isForVerification(members) else { throw .notForVerification }
        if let given = members["alg"] {
            guard let given = given.string else { throw .malformed }
            guard TokenKey.algorithm(named: given) == algorithm else { throw .otherAlgorithm }
        }
        id = try Self.id(members)
        switch type {
        case "RSA": material = try Self.rsa(members)
        case "EC":
            guard try Self.string("crv", members) == "P-256" else { throw .otherCurve }
            material = .p256(x: try Self.coordinate("x", members), y: try Self.coordinate("y", members))
        default:
            guard try Self.string("crv", members) == "Ed25519" else { throw .otherCurve }
            let x = try Self.coordinate("x", members)
            guard try !EdwardsPoint.isUnsafe(Self.bytes(x)) else { throw .weak }
            material = .ed25519(x: x)
        }
    }

    /// The key as the cryptographic library has it, bound to its algorithm.
    var tokenKey: TokenKey {
        get async throws(KeySet.Reason) {
            let collection = JWTKeyCollection()
            do {
                switch material {
                case .rsa(let modulus, let exponent):
                    let key = try Insecure.RSA.PublicKey(modulus: modulus, exponent: exponent)
                    await collection.add(rsa: key, digestAlgorithm: .sha256)
                case .p256(let x, let y): await collection.add(ecdsa: try ES256PublicKey(parameters: (x: x, y: y)))
                case .ed25519(let x): await collection.add(eddsa: try EdDSA.PublicKey(x: x, curve: .ed25519))
                }
                let id = id.map { String(decoding: $0, as: UTF8.self) }
                return try TokenKey(id: id, implementation: try await collection.getKey())
            } catch { throw .unusable }
        }
    }

    // MARK: Members

    /// `use` must be `sig` and `key_ops` hold `verify`, each if it is present (RFC 7517 sections 4.2 and 4.3).
    private static func isForVerification(_ members: JSONObject) throws(KeySet.Reason) -> Bool {
        if let use = members["use"] {
            guard let use = use.string else { throw .malformed }
            guard use == "sig" else { return false }
        }
        guard let operations = members["key_ops"] else { return true }
        guard let operations = operations.array, operations.allSatisfy({ $0.string != nil }) else { throw .malformed }
        return operations.contains(.string("verify"))
    }

    private static func id(_ members: JSONObject) throws(KeySet.Reason) -> [UInt8]? {
        guard members["kid"] != nil else { return nil }
        let id = Array(try string("kid", members).utf8)
        guard id.count <= idBytesMax else { throw .malformed }
        return id
    }

    private static func rsa(_ members: JSONObject) throws(KeySet.Reason) -> Material {
        let modulus = try string("n", members)
        let exponent = try string("e", members)
        // Some writers put a zero byte in front, as in ASN.1, though the RFC forbids it.
        let digits = try bytes(modulus).drop { $0 == 0 }
        let power = try bytes(exponent).drop { $0 == 0 }
        guard try !bytes(exponent).isEmpty else { throw .malformed }
        let bits = digits.count * 8 - (digits.first?.leadingZeroBitCount ?? 0)
        guard rsaBits.contains(bits) else { throw .wrongSize }
        guard !RSAModulus.isUnsafe(modulus: Array(digits), exponent: Array(power)) else { throw .weak }
        return .rsa(modulus: modulus, exponent: exponent)
    }

    private static func coordinate(_ name: String, _ members: JSONObject) throws(KeySet.Reason) -> String {
        let text = try string(name, members)
        guard try bytes(text).count == coordinateBytes else { throw .malformed }
        return text
    }

    private static func string(_ name: String, _ members: JSONObject) throws(KeySet.Reason) -> String {
        guard let text = members[name]?.string else { throw .malformed }
        return text
    }

    /// The bytes of canonical base64url. Decoded here, since the cryptographic library is more tolerant.
    private static func bytes(_ text: String) throws(KeySet.Reason) -> [UInt8] {
        guard let bytes = text.withBytes({ Base64.decodeURL($0) }) else { throw .malformed }
        return bytes
    }
}
