import Leaderboard
import NIOConcurrencyHelpers
import RedisClient

// How Scorecast lies in Redis. Every key of a partition carries its hash tag, so a partition is one slot of a Redis Cluster.
// In front of each name stands the prefix of the deployment (`KeySpace`):
//
//   {sc07}:meta                                hash    epoch, seq, version:<board>:<window>, forgotten, awaits_rebuild
//   {sc07}:outbox                              stream  effective updates, id <seq of an entry's last>-0
//   {sc07}:receipts:<second of issue>          hash    signature -> the outcome of one action id
//   {sc07}:rate:<board>:<user>                 string  GCRA's theoretical arrival time
//   {sc07}:ranking:<board>:<window>:<period>   zset    <tie key><user> by score
//   {sc07}:members:<board>:<window>:<period>   hash    user -> <tie key><score>
//   {sc07}:top:<board>:<window>                channel the visible top, when it changes
//   {sc00}:canary:<node>                       channel one node's messages to itself
//   {sc00}:deployment                          string  the id of the deployment whose keys these are
//   {sc00}:catalogue                           hash    tag, boards: the boards, for nodes without Postgres
//   {sc00}:catalogue                           channel the tag, when the boards have changed

/// What the names of a deployment begin with, so that several can share a Redis.
package struct KeySpace: Sendable, Hashable {
    /// In front of every key.
    package let keys: String
    /// In front of every channel. Redis' databases part keys, but not channels, so the database's number is in it.
    package let channels: String

    /// The names that a client's configuration leads to.
    package init(_ configuration: RedisConfiguration) {
        self.init(prefix: configuration.keyPrefix, database: configuration.database)
    }

    package init(prefix: String, database: Int) {
        let ofDatabase = Self.defaultPrefix(database: database)
        keys = prefix
        channels = prefix == ofDatabase ? prefix : prefix + ofDatabase
    }

    /// The prefix where none is set: nothing in database 0, `db3:` in database 3.
    package static func defaultPrefix(database: Int) -> String { database == 0 ? "" : "db\(database):" }

    /// Where the deployment's id is.
    package var deployment: String { PartitionKeys(partition: 0, in: self).tag + ":deployment" }

    /// A channel that nobody uses, with which rights to channels are checked.
    package var anyChannel: String { PartitionKeys(partition: 0, in: self).channelTag + ":none" }
}

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

/// The keys of one ranking, with those of its partition.
package final class RankingKeys: Sendable {
    package let partition: PartitionKeys
    package let ranking: String
    package let members: String
    package let versionField: String
    package let channel: String
    package let ratePrefix: String
    /// The board's group that they were made for.
    fileprivate let group: String

    package init(board: Board, ranking: Ranking, partitioning: Partitioning, in space: KeySpace) {
        group = board.group
        partition = PartitionKeys(partition: partitioning.partition(of: board), in: space)
        let name = "\(ranking.board):\(ranking.window)"
        self.ranking = "\(partition.tag):ranking:\(name):\(ranking.period)"
        members = "\(partition.tag):members:\(name):\(ranking.period)"
        versionField = "version:\(name)"
        channel = "\(partition.channelTag):top:\(name)"
        ratePrefix = "\(partition.ratePrefix)\(ranking.board):"
    }
}

/// Keys made once for each ranking. Rankings come from the catalogue and the calendar, not from clients.
final class RankingKeyCache: Sendable {
    private let partitioning: Partitioning
    private let space: KeySpace
    private let known = NIOLockedValueBox<[Ranking: RankingKeys]>([:])
    /// Past periods would pile up: beyond this many rankings the cache starts anew.
    private static let countMax = 4096

    init(partitioning: Partitioning, in space: KeySpace) {
        self.partitioning = partitioning
        self.space = space
    }

    func keys(of ranking: Ranking, board: Board) -> RankingKeys {
        known.withLockedValue { known in
            // A board that was given another group lives elsewhere.
            if let keys = known[ranking], keys.group == board.group { return keys }
            if known.count >= Self.countMax { known.removeAll() }
            let keys = RankingKeys(board: board, ranking: ranking, partitioning: partitioning, in: space)
            known[ranking] = keys
            return keys
        }
    }
}
