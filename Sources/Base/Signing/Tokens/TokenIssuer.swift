import Basics
import JWTKit
import StrictJSON

/// Signs tokens that ``TokenVerifier`` accepts: for the sessions of accounts, for the command line, for tests and for
/// load.
public struct TokenIssuer: Sendable {
    private let key: TokenKey
    private let issuer: String?
    private let audience: String?

    /// An issuer with this key, which must be able to sign: an HS256 key is, and a private one.
    ///
    /// - Parameters:
    ///   - issuer: `iss` of tokens for which no other is given; left out if `nil`.
    ///   - audience: `aud`, likewise.
    public init(key: TokenKey, issuer: String? = nil, audience: String? = nil) {
        self.key = key
        self.issuer = issuer
        self.audience = audience
    }

    /// A signed token.
    ///
    /// - Parameters:
    ///   - sub: whom it speaks for, 1 to 128 bytes without control characters.
    ///   - role: what the bearer may do.
    ///   - issuedAt: `iat`, milliseconds since 1970, rounded down to seconds.
    ///   - expiresAt: `exp`, likewise; not before `issuedAt`.
    ///   - issuer: `iss`; that of this object if `nil`.
    ///   - audience: `aud`; that of this object if `nil`.
    ///   - scopes: `scope` (RFC 8693, section 4.2); left out if `nil`: then the role gives its scopes.
    ///   - session: `sid`; left out if `nil`.
    ///   - id: `jti`, for those who need each token to be another; left out if `nil`.
    /// - Throws: ``TokenIssuerError``.
    public func sign(
        sub: String,
        role: Role = .player,
        issuedAt: Int64,
        expiresAt: Int64,
        issuer: String? = nil,
        audience: String? = nil,
        scopes: Scopes? = nil,
        session: SessionID? = nil,
        id: String? = nil
    ) throws(TokenIssuerError) -> String {
        guard Subject.isValid(sub) else { throw .invalidSubject }
        guard issuedAt >= 0, expiresAt >= issuedAt else { throw .invalidTimes }
        var header = JSONWriter(to: [UInt8]())
        header.beginObject()
        header.key("alg")
        header.string(key.algorithm)
        header.key("typ")
        header.string("JWT")
        if let id = key.id {
            header.key("kid")
            header.string(id)
        }
        header.endObject()
        var claims = JSONWriter(to: [UInt8]())
        claims.beginObject()
        let texts: [(String, String?)] = [
            ("sub", sub), ("role", role.rawValue), ("iss", issuer ?? self.issuer), ("aud", audience ?? self.audience),
            ("scope", scopes?.names.joined(separator: " ")), ("sid", session?.description), ("jti", id),
        ]
        for (name, value) in texts {
            guard let value else { continue }
            claims.key(escaping: name)
            claims.string(value)
        }
        claims.key("iat")
        claims.integer(issuedAt / 1_000)
        claims.key("exp")
        claims.integer(expiresAt / 1_000)
        claims.endObject()
        let signed = "\(header.sink.base64URL).\(claims.sink.base64URL)"
        do {
            let signature = try key.implementation.sign(Array(signed.utf8))
            return "\(signed).\(signature.base64URL)"
        } catch { throw .cannotSign }
    }
}

/// Why a token cannot be made.
public enum TokenIssuerError: String, Error, Equatable, Sendable {
    /// The subject is not 1 to 128 bytes without control characters.
    case invalidSubject = "invalid_subject"
    /// The token would end before it begins, or begin before 1970.
    case invalidTimes = "invalid_times"
    /// The key cannot sign: it is a public one.
    case cannotSign = "cannot_sign"
}

extension [UInt8] {
    fileprivate var base64URL: String { withUnsafeBytes { Base64.encodeURL($0) } }
}
