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

    /// Claims, as a verifier found them.
    public init(subject: String, role: Role, expiresAt: Int64) {
        self.subject = subject
        self.role = role
        self.expiresAt = expiresAt
    }

    /// Whether all is the same, subjects byte by byte.
    public static func == (left: Claims, right: Claims) -> Bool {
        left.isSubject(right.subject) && left.role == right.role && left.expiresAt == right.expiresAt
    }

    /// Whether this user id is the token's subject, byte by byte.
    public func isSubject(_ userID: String) -> Bool { subject.isIdentical(to: userID) }
}
