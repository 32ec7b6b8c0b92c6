import Leaderboard
import NIOConcurrencyHelpers
import RedisClient

// How Scorecast lies in Redis. Every key of a partition carries its hash tag, so a partition is one slot of a Redis
// Cluster. In front of each name stands the prefix of the deployment (`KeySpace`):
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
