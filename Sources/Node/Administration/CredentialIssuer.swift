import Basics
import Keys
import Node
import Settings
import Signing

/// Creates tokens and action ids with the configured keys, for the command line and for traffic that `scorecast`
/// generates.
public struct CredentialIssuer: Sendable {
    private let configuration: NodeConfiguration
    private let signer: ActionIDSigner?
    private let verifier: ActionIDVerifier?

    /// - Parameter configuration: must contain the keys that later calls need.
    public init(_ configuration: NodeConfiguration) throws {
        self.configuration = configuration
        let keys =
            configuration.actionKeys.isEmpty
            ? nil : try ActionKeys(configuration.actionKeys.map { (id: $0.id, key: $0.key.reveal()) })
        signer = keys.map { ActionIDSigner(keys: $0) }
        verifier = keys.map {
            ActionIDVerifier(keys: $0, maxAge: configuration.actionMaxAge, skew: configuration.actionSkew)
        }
    }

    /// Returns a token with the issuer and audience that are configured for tokens without a session.
    ///
    /// - Parameter scopes: what it may do; nil for all of the role.
    public func token(
        sub: String, role: Role = .player, scopes: Scopes? = nil, lifetimeMilliseconds: Int64 = 3_600_000
    ) async throws -> String {
        guard let key = try await OwnTokenKeys(configuration).signing else {
            throw NodeError.missing("SCORECAST_JWT_SECRET")
        }
        let now = WallClock.milliseconds()
        let issuer = TokenIssuer(key: key, issuer: configuration.jwtIssuer, audience: configuration.jwtAudience)
        return try issuer.sign(
            sub: sub, role: role, issuedAt: now, expiresAt: now + lifetimeMilliseconds, scopes: scopes)
    }

    /// Returns an action id that is issued now.
    public func actionID(user: String, action: String, score: Int64? = nil) throws -> String {
        guard let signer else { throw NodeError.missing("SCORECAST_ACTION_KEYS") }
        return try signer.sign(action: action, issuedAt: WallClock.milliseconds(), score: score, userID: user)
    }

    /// Returns the result of each check of an action id at this moment.
    public func report(actionID: String, user: String) throws -> ActionIDReport {
        guard let verifier else { throw NodeError.missing("SCORECAST_ACTION_KEYS") }
        return verifier.report(actionID, userID: user, now: WallClock.milliseconds())
    }
}
