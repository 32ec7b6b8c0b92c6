import Leaderboard
import NIOConcurrencyHelpers

// How Scorecast lies in Redis. Every key of a partition carries its hash tag, so a partition is one slot of a Redis Cluster:
//
//   {sc07}:meta                                hash    epoch, seq, version:<board>:<window>, forgotten, awaits_rebuild
//   {sc07}:outbox                              stream  effective updates, id <seq of an entry's last>-0
//   {sc07}:receipts:<second of issue>          hash    signature -> the outcome of one action id
//   {sc07}:rate:<board>:<user>                 string  GCRA's theoretical arrival time
//   {sc07}:ranking:<board>:<window>:<period>   zset    <tie key><user> by score
//   {sc07}:members:<board>:<window>:<period>   hash    user -> <tie key><score>
//   {sc07}:top:<board>:<window>                channel the visible top, when it changes
//   {sc00}:canary:<node>                       channel one node's messages to itself

/// The keys of one partition.
package struct PartitionKeys: Sendable, Hashable {
    package let meta: String
    package let outbox: String
    private let receiptsPrefix: String
    package let ratePrefix: String
    package let tag: String

    package init(partition: Int) {
        tag = partition < 10 ? "{sc0\(partition)}" : "{sc\(partition)}"
        meta = tag + ":meta"
        outbox = tag + ":outbox"
        receiptsPrefix = tag + ":receipts:"
        ratePrefix = tag + ":rate:"
    }

    /// The key of the receipts of action ids that were issued in the same second, in ms since 1970. Together they cost
    /// Redis less than a key for each, and `lua/apply.lua` deletes them as one when all of these ids have long expired.
    package func receipts(issuedAt: Int64) -> String { receiptsPrefix + String(issuedAt / 1000) }
}

/// The keys of one ranking, with those of its partition.
package final class RankingKeys: Sendable {
    package let partition: PartitionKeys
    package let ranking: String
    package let members: String
    package let versionField: String
    package let channel: String
    package let ratePrefix: String

    package init(board: Board, ranking: Ranking, partitioning: Partitioning) {
        partition = PartitionKeys(partition: partitioning.partition(of: board))
        let name = "\(ranking.board):\(ranking.window)"
        self.ranking = "\(partition.tag):ranking:\(name):\(ranking.period)"
        members = "\(partition.tag):members:\(name):\(ranking.period)"
        versionField = "version:\(name)"
        channel = "\(partition.tag):top:\(name)"
        ratePrefix = "\(partition.ratePrefix)\(ranking.board):"
    }
}

/// Keys made once for each ranking. Rankings come from the catalogue and the calendar, not from clients.
final class RankingKeyCache: Sendable {
    private let partitioning: Partitioning
    private let known = NIOLockedValueBox<[Ranking: RankingKeys]>([:])
    /// Past periods would pile up: beyond this many rankings the cache starts anew.
    private static let countMax = 4096

    init(partitioning: Partitioning) {
        self.partitioning = partitioning
    }

    func keys(of ranking: Ranking, board: Board) -> RankingKeys {
        known.withLockedValue { known in
            if let keys = known[ranking] { return keys }
            if known.count >= Self.countMax { known.removeAll() }
            let keys = RankingKeys(board: board, ranking: ranking, partitioning: partitioning)
            known[ranking] = keys
            return keys
        }
    }
}
