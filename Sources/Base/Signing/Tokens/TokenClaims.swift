import StrictJSON

/// The claims of a token whose signature is right, before they are judged (RFC 7519 section 4.1).
struct TokenClaims {
    private(set) var subject: String?
    private(set) var role = Role.player
    private(set) var issuer: String?
    private(set) var audience: [String] = []
    private(set) var expiresAt: Int64?
    private(set) var notBefore: Int64?
    private(set) var issuedAt: Int64?
    private(set) var scopes: Scopes?

    /// The largest number of names in `aud`.
    private static let audienceCountMax = 32
    /// The longest `iss` and the longest name in `aud`, in bytes.
    private static let nameBytesMax = 1_024

    /// Reads the claims' JSON. Claims that are not used here may be anything.
    init(_ bytes: UnsafeRawBufferPointer) throws(TokenError) {
        var claims = TokenClaims()
        var hasUnknownRole = false
        do {
            try JSONReader.document(bytes) { reader throws(JSONError) in
                try reader.readObject { key, reader throws(JSONError) in
                    switch key {
                    case "sub": claims.subject = try reader.readString(maxBytes: Subject.lengths.upperBound)
                    case "iss": claims.issuer = try reader.readString(maxBytes: Self.nameBytesMax)
                    case "aud": claims.audience = try Self.readAudience(&reader)
                    case "exp": claims.expiresAt = try Self.readDate(&reader)
                    case "nbf": claims.notBefore = try Self.readDate(&reader)
                    case "iat": claims.issuedAt = try Self.readDate(&reader)
                    case "role":
                        let role = Role(rawValue: try reader.readString(maxBytes: 64))
                        hasUnknownRole = role == nil
                        claims.role = role ?? .player
                    case "scope":
                        let names = try reader.readString(maxBytes: 4096)
                        claims.scopes = names.split(separator: " ").reduce(into: Scopes()) { $0.formUnion(Scopes(name: $1) ?? []) }
                    default: try reader.skipValue()
                    }
                }
            }
        } catch { throw Self.claimErrors.contains(error.kind) ? .invalidClaim : .malformed }
        if hasUnknownRole { throw .unknownRole }
        self = claims
    }

    private init() {}

    /// The kinds that say that a claim's value is wrong, rather than the JSON.
    private static let claimErrors: Set<JSONError.Kind> = [
        .typeMismatch, .stringTooLong, .numberOutOfRange, .tooManyElements,
    ]

    /// `aud` is one string, or an array of them.
    private static func readAudience(_ reader: inout JSONReader) throws(JSONError) -> [String] {
        guard try reader.peek() == .array else { return [try reader.readString(maxBytes: nameBytesMax)] }
        var names: [String] = []
        try reader.readArray(maxCount: audienceCountMax) { reader throws(JSONError) in
            names.append(try reader.readString(maxBytes: nameBytesMax))
        }
        return names
    }

    /// A NumericDate: seconds since 1970, with a fraction perhaps, here as milliseconds, rounded down. From 1970 to the
    /// year 9999, so that no sum with it can overflow.
    private static func readDate(_ reader: inout JSONReader) throws(JSONError) -> Int64 {
        let seconds = try reader.readDouble()
        guard (0...253_402_300_799).contains(seconds) else { throw reader.fail(.numberOutOfRange) }
        return Int64((seconds * 1_000).rounded(.down))
    }
}
