import Basics
import JWTKit

/// Checks JSON Web Tokens as RFC 8725 (best current practices) asks for. Synchronous and pure: keys are made ready
/// before, the time is a parameter, and nothing that a token says is followed.
public struct TokenVerifier: Sendable {
    /// The longest token that is read, in bytes.
    public static let maxBytes = 8_192
    /// The largest number of keys: those of a whole key set, and some secrets.
    public static let keysMax = KeySet.keysMax + 16

    /// Tells one set of keys from the one before it: a cache drops what another generation has verified.
    public let generation: UInt64

    /// By how much clocks may differ, in milliseconds.
    public let leeway: Int64

    private let keys: [TokenKey]
    private let issuer: String?
    private let audience: String?

    /// A verifier for these keys.
    ///
    /// - Parameters:
    ///   - keys: 1 to ``keysMax`` keys.
    ///   - issuer: what `iss` must be; `nil` for anything.
    ///   - audience: what `aud` must be or hold; `nil` for anything.
    ///   - leeway: by how much clocks may differ.
    ///   - generation: another number for each set of keys that replaces one.
    /// - Throws: ``TokenKeyError`` if there is no key, or too many.
    public init(
        keys: [TokenKey],
        issuer: String? = nil,
        audience: String? = nil,
        leeway: Duration = .seconds(30),
        generation: UInt64 = 0
    ) throws(TokenKeyError) {
        guard !keys.isEmpty else { throw .noKey }
        guard keys.count <= Self.keysMax else { throw .tooManyKeys }
        self.keys = keys
        self.issuer = issuer
        self.audience = audience
        self.leeway = max(0, leeway.wholeMilliseconds)
        self.generation = generation
    }

    /// Checks a token: its size, its form, its header, its signature, and only then its claims.
    ///
    /// - Parameters:
    ///   - token: the three parts, without `Bearer`.
    ///   - now: milliseconds since 1970.
    /// - Throws: ``TokenError``, whose reason is not for the client.
    public func verify(_ token: UnsafeRawBufferPointer, now: Int64) throws(TokenError) -> Claims {
        guard token.count <= Self.maxBytes else { throw .tooLarge }
        var parts = DotSeparated(token)
        guard let headerText = parts.next(), let claimsText = parts.next(), let signatureText = parts.next(),
            parts.next() == nil, !headerText.isEmpty, !claimsText.isEmpty,
            let headerBytes = Base64.decodeURL(headerText), let claimsBytes = Base64.decodeURL(claimsText),
            let signature = Base64.decodeURL(signatureText)
        else { throw .malformed }
        let header = try headerBytes.withBytes { bytes throws(TokenError) in try TokenHeader(bytes) }
        let candidates = try candidates(for: header)
        let signed = token.slice(0..<(headerText.count + 1 + claimsText.count))
        guard candidates.contains(where: { $0.isSignature(signature, of: signed) }) else { throw .badSignature }
        let claims = try claimsBytes.withBytes { bytes throws(TokenError) in try TokenClaims(bytes) }
        return try judge(claims, now: now)
    }

    /// The same, for strings.
    public func verify(_ token: some StringProtocol, now: Int64) throws(TokenError) -> Claims {
        try token.withBytes { bytes throws(TokenError) in try verify(bytes, now: now) }
    }

    /// The first moment at which a token that ends at `expiresAt` is refused. Both in milliseconds since 1970.
    func end(of expiresAt: Int64) -> Int64 { expiresAt.adding(leeway) }

    /// The keys that may have signed a token with this header: those of its algorithm and of its key id.
    ///
    /// A key id that no key has is refused, and no other key is tried instead, unless no key of the algorithm has an
    /// id. A token without a key id may be from any key.
    private func candidates(for header: TokenHeader) throws(TokenError) -> [TokenKey] {
        let sameAlgorithm = keys.filter { $0.algorithm == header.algorithm }
        guard !sameAlgorithm.isEmpty else { throw refusal(ofAlgorithmIn: header) }
        guard let keyID = header.keyID else { return sameAlgorithm }
        let sameID = sameAlgorithm.filter { $0.id?.isIdentical(to: keyID) ?? false }
        guard sameID.isEmpty else { return sameID }
        guard sameAlgorithm.allSatisfy({ $0.id == nil }) else { throw .unknownKey }
        return sameAlgorithm
    }

    /// Why a token is refused whose algorithm no key is for. A key set may have begun to use another algorithm together
    /// with a new key: then it is the key that is not known yet.
    private func refusal(ofAlgorithmIn header: TokenHeader) -> TokenError {
        guard let keyID = header.keyID, KeySet.algorithms.contains(header.algorithm) else { return .algorithmRefused }
        return keys.contains { $0.id?.isIdentical(to: keyID) ?? false } ? .algorithmRefused : .unknownKey
    }

    private func judge(_ claims: TokenClaims, now: Int64) throws(TokenError) -> Claims {
        guard let subject = claims.subject, Subject.isValid(subject), let expiresAt = claims.expiresAt else {
            throw .invalidClaim
        }
        guard now < end(of: expiresAt) else { throw .expired }
        if let start = claims.notBefore, now.adding(leeway) < start { throw .notYetValid }
        if let start = claims.issuedAt, now.adding(leeway) < start { throw .notYetValid }
        if let issuer, claims.issuer?.isIdentical(to: issuer) != true { throw .wrongIssuer }
        if let audience, !claims.audience.contains(where: { $0.isIdentical(to: audience) }) { throw .wrongAudience }
        return Claims(subject: subject, role: claims.role, expiresAt: expiresAt, scopes: claims.scopes)
    }
}

extension TokenKey {
    /// Whether `signature` is one of this key for these bytes. The library compares in constant time.
    fileprivate func isSignature(_ signature: [UInt8], of signed: UnsafeRawBufferPointer) -> Bool {
        // An error means a signature that is not even of the algorithm's form.
        (try? implementation.verify(signature, signs: signed)) ?? false
    }
}
