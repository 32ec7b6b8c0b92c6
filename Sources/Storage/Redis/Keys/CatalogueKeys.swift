import Leaderboard
import RedisClient

/// Where the boards are published. The tag keeps it within what the ACL of a node may allow.
package struct CatalogueKeys: Sendable, Hashable {
    /// The key of the hash.
    package let catalogue: String
    /// The channel that tells of changes.
    package let channel: String

    package init(in space: KeySpace) {
        let partition = PartitionKeys(partition: 0, in: space)
        catalogue = partition.tag + ":catalogue"
        channel = partition.channelTag + ":catalogue"
    }
}
