/// The rights of a token's bearer: the claim `role`.
public enum Role: String, Equatable, Sendable, CaseIterable {
    /// Acts for itself. The role of a token without the claim.
    case player
    /// Acts for any user: a game server.
    case service
    /// Acts for any user, and changes boards and actions.
    case admin

    /// Whether the bearer may act for users other than the token's subject.
    @inlinable
    public var actsForAnyUser: Bool { self != .player }

    /// Whether the bearer may change boards and actions.
    @inlinable
    public var changesCatalogue: Bool { self == .admin }
}
