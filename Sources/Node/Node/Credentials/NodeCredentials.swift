import Access
import Accounts
import Logging
import Settings
import Storage

/// How a node learns of ended sessions and API keys, and tells others.
struct NodeCredentials: Sendable {
    let follower: CredentialFollower
    /// Nil on nodes without a database.
    let carrier: CredentialCarrier?

    init(_ stores: Stores, roles: NodeRoles, tokens: TokenVerifiers, logger: Logger) {
        let writes = roles.write
        let follower = CredentialFollower(
            board: RedisCredentials(redis: stores.redis, writes: writes), writes: writes, tokens: tokens,
            logger: logger)
        self.follower = follower
        carrier = (writes ? stores.pool : nil).map {
            CredentialCarrier(
                archive: PostgresCredentials(pool: $0), follower: follower,
                mayWrite: { stores.deploymentIsKnown.isOpen }, logger: logger)
        }
    }

    /// Tells all nodes at once of a change that was committed; nil on nodes without a database.
    var spread: (any CredentialSpread)? { carrier }
}
