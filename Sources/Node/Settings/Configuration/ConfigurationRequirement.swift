import PostgresClient
import RedisClient

/// Something that a role or a command needs.
public enum ConfigurationRequirement: Hashable, Sendable, CaseIterable {
    /// `SCORECAST_REDIS_URL`.
    case redis
    /// `SCORECAST_POSTGRES_URL`.
    case postgres
    /// `SCORECAST_JWT_SECRET` or `SCORECAST_JWT_JWKS`: tokens can be verified.
    case tokenVerification
    /// `SCORECAST_JWT_SECRET`: tokens can be signed.
    case tokenSigning
    /// `SCORECAST_ACTION_KEYS`.
    case actionKeys
}
