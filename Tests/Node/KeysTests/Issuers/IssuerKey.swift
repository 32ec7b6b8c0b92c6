import Crypto
import CryptoExtras
import Foundation

/// An RSA key pair of an identity provider.
struct IssuerKey: Sendable {
    private let key: _RSA.Signing.PrivateKey

    /// The issuer's key, and that of somebody else. Made once for all tests, since that takes a while.
    static let pair = Result { (issuer: try IssuerKey(), stranger: try IssuerKey()) }

    private init() throws { key = try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    /// The members of the public key (RFC 7518 section 6.3.1), without braces.
    func members() throws -> String {
        let numbers = try key.publicKey.getKeyPrimitives()
        let (modulus, exponent) = (Self.base64URL(numbers.modulus), Self.base64URL(numbers.publicExponent))
        return #""kty":"RSA","n":"\#(modulus)","e":"\#(exponent)""#
    }

    /// A token with this header and these claims, signed with RS256.
    func token(header: String, claims: String) throws -> String {
        let signed = "\(Self.base64URL(Data(header.utf8))).\(Self.base64URL(Data(claims.utf8)))"
        let signature = try key.signature(for: SHA256.hash(data: Data(signed.utf8)), padding: .insecurePKCS1v1_5)
        return "\(signed).\(Self.base64URL(signature.rawRepresentation))"
    }

    private static func base64URL(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
