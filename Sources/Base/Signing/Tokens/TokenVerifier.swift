import Basics
import JWTKit

/// Checks JSON Web Tokens as RFC 8725 (best current practices) asks for. Synchronous and pure: keys are made ready
/// before, the time is a parameter, and nothing that a token says is followed.
///
/// The key that verifies a token decides whose it is (``TokenOrigin``), never what the token says of itself:
///
/// | verified by | `iss` | checked | gives |
/// |---|---|---|---|
/// | an own key | our own issuer | `aud`, `sid` | scopes, session |
/// | an own key | any other, or none | `iss`, `aud` | scopes |
/// | a foreign key | any | `iss`, `aud` | the prefixed subject |
public struct TokenVerifier: Sendable {
    /// The longest token that is read, in bytes.
    public static let maxBytes = 8_192
    /// The largest number of keys: those of a whole key set, our own ones, and a secret.
    public static let keysMax = KeySet.keysMax + OwnTokenKey.countMax + 1

    /// Tells one set of keys from the one before it: a cache drops what another generation has verified.
    public let generation: UInt64

    /// By how much clocks may differ, in milliseconds.
    public let leeway: Int64

    private let ownKeys: [TokenKey]
    private let foreignKeys: [TokenKey]
    private let ownIssuer: String?
    private let issuer: String?
    private let audience: String?
    private let foreignPrefix: String

    /// A verifier for these keys: 1 to ``keysMax`` of both kinds.
    ///
    /// - Parameters:
    ///   - keys: the deployment's own.
    ///   - foreignKeys: those of somebody else's key set.
    ///   - ownIssuer: the `iss` of tokens that this deployment makes for sessions; `nil` if it makes none.
    ///   - issuer: what `iss` of other tokens must be; `nil` for anything.
    ///   - audience: what `aud` must be or hold; `nil` for anything.
    ///   - foreignName: what subjects of tokens of foreign keys get in front, with a colon; `nil` for nothing. Without
    ///     it a foreign issuer can name any user of ours.
    ///   - leeway: by how much clocks may differ.
    ///   - generation: another number for each set of keys that replaces one.
    /// - Throws: ``TokenKeyError`` if there is no key, or too many.
    public init(
        keys: [TokenKey],
        foreignKeys: [TokenKey] = [],
        ownIssuer: String? = nil,
        issuer: String? = nil,
        audience: String? = nil,
        foreignName: String? = nil,
        leeway: Duration = .seconds(30),
        generation: UInt64 = 0
    ) throws(TokenKeyError) {
        guard !keys.isEmpty || !foreignKeys.isEmpty else { throw .noKey }
        guard keys.count + foreignKeys.count <= Self.keysMax else { throw .tooManyKeys }
        ownKeys = keys
        self.foreignKeys = foreignKeys
        self.ownIssuer = ownIssuer
        self.issuer = issuer
        self.audience = audience
        foreignPrefix = foreignName.map { $0 + ":" } ?? ""
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
        let signed = token.slice(0..<(headerText.count + 1 + claimsText.count))
        let origin = try origin(of: signature, for: signed, header)
        let claims = try claimsBytes.withBytes { bytes throws(TokenError) in try TokenClaims(bytes, from: origin) }
        return try judge(claims, from: origin, now: now)
    }

    /// The same, for strings.
    public func verify(_ token: some StringProtocol, now: Int64) throws(TokenError) -> Claims {
        try token.withBytes { bytes throws(TokenError) in try verify(bytes, now: now) }
    }

    /// The first moment at which a token that ends at `expiresAt` is refused. Both in milliseconds since 1970.
    func end(of expiresAt: Int64) -> Int64 { expiresAt.adding(leeway) }

    /// Whose key made the signature. A key that is both our own and in the foreign set is our own.
    private func origin(
        of signature: [UInt8], for signed: UnsafeRawBufferPointer, _ header: TokenHeader
    ) throws(TokenError) -> TokenOrigin {
        let own = Self.candidates(for: header, among: ownKeys)
        let foreign = Self.candidates(for: header, among: foreignKeys)
        guard !own.isEmpty || !foreign.isEmpty else { throw refusal(of: header) }
        if own.contains(where: { $0.isSignature(signature, of: signed) }) { return .own }
        if foreign.contains(where: { $0.isSignature(signature, of: signed) }) { return .foreign }
        throw .badSignature
    }

    /// The keys that may have signed a token with this header: those of its algorithm and of its key id.
    ///
    /// If no key has the token's key id, no other key is tried instead, unless no key of the algorithm has an id. A
    /// token without a key id may be from any key. Own and foreign keys are looked at apart: the ids of the one kind
    /// say nothing about those of the other.
    private static func candidates(for header: TokenHeader, among keys: [TokenKey]) -> [TokenKey] {
        let sameAlgorithm = keys.filter { $0.algorithm == header.algorithm }
        guard let keyID = header.keyID, !sameAlgorithm.isEmpty else { return sameAlgorithm }
        let sameID = sameAlgorithm.filter { $0.id?.isIdentical(to: keyID) ?? false }
        guard sameID.isEmpty else { return sameID }
        return sameAlgorithm.allSatisfy { $0.id == nil } ? sameAlgorithm : []
    }

    /// Why a token is refused that no key may have signed. A key set may have begun to use another algorithm together
    /// with a new key: then it is the key that is not known yet.
    private func refusal(of header: TokenHeader) -> TokenError {
        let keys = ownKeys + foreignKeys
        if keys.contains(where: { $0.algorithm == header.algorithm }) { return .unknownKey }
        guard let keyID = header.keyID, KeySet.algorithms.contains(header.algorithm) else { return .algorithmRefused }
        return keys.contains { $0.id?.isIdentical(to: keyID) ?? false } ? .algorithmRefused : .unknownKey
    }

    private func judge(
        _ claims: TokenClaims, from origin: TokenOrigin, now: Int64
    ) throws(TokenError) -> Claims {
        guard let subject = subject(of: claims, from: origin), let expiresAt = claims.expiresAt else {
            throw .invalidClaim
        }
        guard now < end(of: expiresAt) else { throw .expired }
        if let start = claims.notBefore, now.adding(leeway) < start { throw .notYetValid }
        if let start = claims.issuedAt, now.adding(leeway) < start { throw .notYetValid }
        let isOurs = origin == .own && ownIssuer.map { claims.issuer?.isIdentical(to: $0) ?? false } ?? false
        if !isOurs, let issuer, claims.issuer?.isIdentical(to: issuer) != true { throw .wrongIssuer }
        if let audience, !claims.isFor(audience) { throw .wrongAudience }
        return Claims(
            subject: subject, role: claims.role, expiresAt: expiresAt, scopes: claims.scopes,
            session: isOurs ? try claims.sessionOfOurs : nil)
    }

    /// The user id that the token speaks for; nil if it is not one.
    private func subject(of claims: TokenClaims, from origin: TokenOrigin) -> String? {
        guard let subject = claims.subject, Subject.isValid(subject) else { return nil }
        guard origin == .foreign, !foreignPrefix.isEmpty else { return subject }
        let prefixed = foreignPrefix + subject
        return Subject.isValid(prefixed) ? prefixed : nil
    }
}

extension TokenClaims {
    /// Whether the token is for this audience.
    fileprivate func isFor(_ name: String) -> Bool {
        (audience ?? client.map { [$0] } ?? []).contains { $0.isIdentical(to: name) }
    }

    /// The session of a token of our own issuer.
    fileprivate var sessionOfOurs: SessionID? {
        get throws(TokenError) {
            switch session {
            case .missing: nil
            case .session(let id): id
            case .malformed: throw .invalidClaim
            }
        }
    }
}

extension TokenKey {
    /// Whether `signature` is one of this key for these bytes. The library compares in constant time.
    fileprivate func isSignature(_ signature: [UInt8], of signed: UnsafeRawBufferPointer) -> Bool {
        // An error means a signature that is not even of the algorithm's form.
        (try? implementation.verify(signature, signs: signed)) ?? false
    }
}
