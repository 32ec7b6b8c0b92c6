import StrictJSON

/// The header of a token: what it says about itself, none of it to be trusted (RFC 7515 section 4, RFC 8725).
struct TokenHeader {
    /// `alg`, by the name that keys have.
    let algorithm: String
    /// `kid`.
    let keyID: String?

    /// Far more than any header needs; stops objects built to be slow to read.
    private static let limits = JSONLimits(maxDepth: 8, maxMembers: 32, maxElements: 64)

    /// Reads the header's JSON.
    ///
    /// Refused: `crit`, since it lists extensions that must be understood, and none is understood here; `jwk`, `jku`
    /// and `x5u`, since a token that brings its own key is an attack or a mistake; a `typ` other than `JWT` and
    /// `at+jwt` (RFC 9068, with or without `application/`). All other fields are ignored, `x5c` and `x5t` among them:
    /// identity providers do send them, and nothing here follows them.
    init(_ bytes: UnsafeRawBufferPointer) throws(TokenError) {
        var algorithm: String?
        var keyID: String?
        var refusal: TokenError?
        do {
            try JSONReader.document(bytes, limits: Self.limits) { reader throws(JSONError) in
                try reader.readObject { key, reader throws(JSONError) in
                    switch key {
                    case "alg": algorithm = try reader.readString(maxBytes: 16)
                    case "kid": keyID = try reader.readString(maxBytes: 256)
                    case "typ":
                        let type = try reader.readString(maxBytes: 64)
                        if !Self.isAccepted(type: type) { refusal = refusal ?? .typeRefused }
                    case "crit": refusal = .criticalExtension
                    case "jwk", "jku", "x5u": refusal = refusal ?? .embeddedKey
                    default: break
                    }
                }
            }
        } catch { throw .malformed }
        if let refusal { throw refusal }
        guard let algorithm else { throw .malformed }
        self.algorithm = TokenKey.algorithm(named: algorithm)
        self.keyID = keyID
    }

    private static func isAccepted(type: String) -> Bool {
        ["jwt", "at+jwt", "application/jwt", "application/at+jwt"].contains(type.lowercased())
    }
}
