/// Why a token was refused. For metrics and logs: a client is told only that it was.
public enum TokenError: String, Error, Equatable, Sendable, CaseIterable {
    /// It is longer than ``TokenVerifier/maxBytes``.
    case tooLarge = "too_large"
    /// It is not three parts of canonical base64url, or the first or second is not a strict JSON object.
    case malformed
    /// The header asks for an algorithm that no key here has: `none` among others.
    case algorithmRefused = "algorithm_refused"
    /// The header has `crit`: extensions that must be understood, of which this verifier knows none.
    case criticalExtension = "critical_extension"
    /// The header brings a key or the address of one (`jwk`, `jku`, `x5u`).
    case embeddedKey = "embedded_key"
    /// The header's `typ` names something other than an access token.
    case typeRefused = "type_refused"
    /// The header names a key that is not here.
    case unknownKey = "unknown_key"
    /// The signature is wrong.
    case badSignature = "bad_signature"
    /// A claim is missing, of a wrong type, or out of bounds.
    case invalidClaim = "invalid_claim"
    /// The claim `role` is none of ``Role``.
    case unknownRole = "unknown_role"
    /// `exp` has passed.
    case expired
    /// `nbf` or `iat` is still to come.
    case notYetValid = "not_yet_valid"
    /// `iss` is not the issuer that is configured.
    case wrongIssuer = "wrong_issuer"
    /// `aud` does not hold the audience that is configured.
    case wrongAudience = "wrong_audience"
}
