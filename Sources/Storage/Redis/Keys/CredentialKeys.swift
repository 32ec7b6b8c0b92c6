import Leaderboard
import RedisClient

/// The keys of ended sessions and API keys. They carry a hash tag like all others, so that one ACL pattern covers them.
package struct CredentialKeys: Sendable, Hashable {
    /// The key of the sorted set of ended sessions.
    package let revoked: String
    /// The key of the hash that says how whole the set is, and holds the API keys.
    package let credentials: String

    package init(in space: KeySpace) {
        let tag = PartitionKeys(partition: 0, in: space).tag
        revoked = tag + ":revoked"
        credentials = tag + ":credentials"
    }
}
