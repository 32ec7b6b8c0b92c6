/// The content of a verified token.
public struct Claims: Equatable, Sendable {
    /// Whom the token speaks for (`sub`): 1 to 128 bytes of UTF-8 without control characters.
    ///
    /// Compare it with other ids by their UTF-8 (see ``isSubject(_:)``): `==` on strings takes composed and decomposed
    /// letters as equal.
    public let subject: String

    /// The rights of the bearer.
    public let role: Role

    /// When the token ends (`exp`), in milliseconds since 1970, without leeway.
    public let expiresAt: Int64

    /// What the bearer may do: the scopes of the role, or fewer.
    public let scopes: Scopes

    /// The session that the token belongs to (`sid`); nil for tokens that have none.
    public let session: SessionID?

    /// Claims, as a verifier found them.
    ///
    /// - Parameter scopes: those of the token; nil for all of the role. Scopes that the role does not give are left
    ///   out.
    public init(subject: String, role: Role, expiresAt: Int64, scopes: Scopes? = nil, session: SessionID? = nil) {
        self.subject = subject
        self.role = role
        self.expiresAt = expiresAt
        self.scopes = scopes.map { $0.intersection(role.scopes) } ?? role.scopes
        self.session = session
    }

    /// Whether all is the same, subjects byte by byte.
    public static func == (left: Claims, right: Claims) -> Bool {
        left.isSubject(right.subject) && left.role == right.role && left.expiresAt == right.expiresAt
            && left.scopes == right.scopes && left.session == right.session
    }

    /// Whether this user id is the token's subject, byte by byte.
    public func isSubject(_ userID: String) -> Bool { subject.isIdentical(to: userID) }
}
