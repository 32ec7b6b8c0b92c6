import Signing

/// Makes tokens and action ids with the configured keys: for the command line, and for traffic that `scorecast` makes itself.
public struct Mint: Sendable {
    private let configuration: NodeConfiguration
    private let signer: ActionIDSigner?

    /// - Parameter configuration: with the keys that are asked for later.
    public init(_ configuration: NodeConfiguration) throws {
        self.configuration = configuration
        signer =
            configuration.actionKeys.isEmpty
            ? nil
            : ActionIDSigner(keys: try ActionKeys(configuration.actionKeys.map { (id: $0.id, key: $0.key.reveal()) }))
    }

    /// A token, with the configured issuer and audience.
    public func token(
        sub: String, role: Role = .player, lifetimeMilliseconds: Int64 = 3_600_000
    ) async throws -> String {
        guard let secret = configuration.jwtSecret else { throw NodeError.missing("SCORECAST_JWT_SECRET") }
        let now = WallClock.milliseconds()
        return try TokenIssuer(key: try await TokenKey.hs256(secret: Array(secret.reveal().utf8))).sign(
            sub: sub, role: role, issuedAt: now, expiresAt: now + lifetimeMilliseconds, issuer: configuration.jwtIssuer,
            audience: configuration.jwtAudience)
    }

    /// An action id, issued now.
    public func actionID(user: String, action: String, score: Int64? = nil) throws -> String {
        guard let signer else { throw NodeError.missing("SCORECAST_ACTION_KEYS") }
        return try signer.sign(action: action, issuedAt: WallClock.milliseconds(), score: score, userID: user)
    }
}
