import Leaderboard
import RedisClient

/// The keys of one partition.
package struct PartitionKeys: Sendable, Hashable {
    package let meta: String
    package let outbox: String
    private let receiptsPrefix: String
    package let ratePrefix: String
    /// What every key begins with.
    package let tag: String
    /// What every channel begins with.
    package let channelTag: String

    package init(partition: Int, in space: KeySpace) {
        let hashTag = partition < 10 ? "{sc0\(partition)}" : "{sc\(partition)}"
        tag = space.keys + hashTag
        channelTag = space.channels + hashTag
        meta = tag + ":meta"
        outbox = tag + ":outbox"
        receiptsPrefix = tag + ":receipts:"
        ratePrefix = tag + ":rate:"
    }

    /// The key of the receipts of action ids that were issued in the same second, in ms since 1970. Together they cost
    /// Redis less than a key for each, and `lua/apply.lua` deletes them as one when all of these ids have long expired.
    package func receipts(issuedAt: Int64) -> String { receiptsPrefix + String(issuedAt / 1000) }
}
