import Leaderboard
import RedisClient

/// The keys of one partition.
package struct PartitionKeys: Sendable, Hashable {
    package let meta: String
    package let outbox: String
    private let receiptsPrefix: String
    package let ratePrefix: String
    /// The beginning of every key.
    package let tag: String
    /// The beginning of every channel.
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

    /// Returns the key of the receipts whose action ids were issued in the same second.
    ///
    /// One hash for a second takes less memory than a key for each receipt. `lua/apply.lua` deletes the hash when all
    /// of its ids have long expired.
    ///
    /// - Parameter issuedAt: when the action id was issued, in ms since 1970.
    package func receipts(issuedAt: Int64) -> String { receiptsPrefix + String(issuedAt / 1000) }

    /// Returns the key of how often an action counted for a user on a day, in days since 1970.
    package func daily(action: String, day: Int64, userID: String) -> String {
        "\(tag):daily:\(action):\(day):\(userID)"
    }
}
