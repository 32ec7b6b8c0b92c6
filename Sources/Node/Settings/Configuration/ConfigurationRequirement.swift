import PostgresClient
import RedisClient

/// Something that a role or a command needs.
public enum ConfigurationRequirement: Hashable, Sendable, CaseIterable {
    /// `SCORECAST_REDIS_URL`.
    case redis
    /// `SCORECAST_POSTGRES_URL`.
    case postgres
    /// `SCORECAST_JWT_SECRET`, `SCORECAST_TOKEN_KEYS` or `SCORECAST_JWT_JWKS`: tokens can be verified.
    case tokenVerification
    /// `SCORECAST_TOKEN_KEYS` with a private key first, or `SCORECAST_JWT_SECRET` alone: tokens can be signed.
    case tokenSigning
    /// `SCORECAST_ACTION_KEYS`.
    case actionKeys
}
