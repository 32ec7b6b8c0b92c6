import Leaderboard
import RedisClient

/// The key and the channel of the published boards. They carry a hash tag like all others, so that one ACL pattern
/// covers them.
package struct CatalogueKeys: Sendable, Hashable {
    /// The key of the hash.
    package let catalogue: String
    /// The channel on which changes are published.
    package let channel: String

    package init(in space: KeySpace) {
        let partition = PartitionKeys(partition: 0, in: space)
        catalogue = partition.tag + ":catalogue"
        channel = partition.channelTag + ":catalogue"
    }
}
