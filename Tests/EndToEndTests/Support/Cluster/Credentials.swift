import Crypto
import Foundation

/// The secrets of one deployment, and the tokens (RFC 7519, HS256) and action ids that clients and game servers make
/// with them.
///
/// They are made here from the written specification only, so that an error in the server's own signing cannot hide.
struct Credentials: Sendable {
    /// At least 32 bytes.
    let jwtSecret: String
    /// The bytes of the action key `k1`.
    let actionKey: [UInt8]
    /// The issuer of tokens, unless a test sets another.
    var issuer: String?
    var audience: String?

    /// Creates random secrets.
    init(issuer: String? = nil, audience: String? = nil) {
        jwtSecret = Self.randomBytes(32).map { String(format: "%02x", $0) }.joined()
        actionKey = Self.randomBytes(32)
        self.issuer = issuer
        self.audience = audience
    }

    /// The secrets as settings of a node.
    var environment: [String: String] {
        var environment = [
            "SCORECAST_JWT_SECRET": jwtSecret,
            "SCORECAST_ACTION_KEYS": "k1:" + Data(actionKey).base64EncodedString(),
        ]
        environment["SCORECAST_JWT_ISSUER"] = issuer
        environment["SCORECAST_JWT_AUDIENCE"] = audience
        return environment
    }

    // MARK: Tokens

    /// Returns a good token that is valid for an hour.
    func token(_ user: String, role: String? = nil) -> String {
        jwt(claims: claims(user, role: role))
    }

    /// Returns the claims of a good token, for tests to change.
    func claims(_ user: String, role: String? = nil) -> [String: JSON] {
        var claims: [String: JSON] = ["sub": .string(user), "exp": .integer(Self.seconds + 3600)]
        claims["role"] = role.map { .string($0) }
        claims["iss"] = issuer.map { .string($0) }
        claims["aud"] = audience.map { .string($0) }
        return claims
    }

    /// Returns a token with these claims.
    ///
    /// - Parameters:
    ///   - header: the JOSE header.
    ///   - key: the key to sign with; by default the deployment's secret.
    func jwt(
        header: [String: JSON] = ["alg": "HS256", "typ": "JWT"], claims: [String: JSON], key: String? = nil
    ) -> String {
        let parts = [JSON.object(header), .object(claims)].map { Self.base64URL(Array($0.text.utf8)) }
        let signed = parts.joined(separator: ".")
        return "\(signed).\(Self.hmac(signed, key: Array((key ?? jwtSecret).utf8)))"
    }

    // MARK: Action ids

    /// Returns a new action id: `v1.<key id>.<action>.<nonce>.<issued at>.<score or ->.<signature>`.
    ///
    /// - Parameters:
    ///   - issuedAt: the issue time in ms since 1970; by default now.
    ///   - key: the key to sign with; by default the deployment's key.
    func actionID(
        _ user: String, _ action: String = "kill", score: Int64? = nil, issuedAt: Int64? = nil, nonce: String? = nil,
        keyID: String = "k1", key: [UInt8]? = nil
    ) -> String {
        let nonce = nonce ?? Self.base64URL(Self.randomBytes(12))
        let pinned = score.map { "\($0)" } ?? "-"
        let signed = "v1.\(keyID).\(action).\(nonce).\(issuedAt ?? Self.milliseconds).\(pinned)"
        return "\(signed).\(Self.hmac("\(signed)\n\(user)", key: key ?? actionKey))"
    }

    // MARK: Parts

    /// The time in seconds since 1970.
    static var seconds: Int64 { milliseconds / 1000 }

    /// The time in ms since 1970.
    static var milliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

    static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    private static func hmac(_ text: String, key: [UInt8]) -> String {
        base64URL(Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key))))
    }
}
