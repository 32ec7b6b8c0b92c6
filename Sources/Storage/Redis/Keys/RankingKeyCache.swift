import Leaderboard
import NIOConcurrencyHelpers
import RedisClient

// All keys and channels in Redis. Every key of a partition carries the partition's hash tag, so a partition is one slot
// of a Redis Cluster. Each name begins with the prefix of the deployment (`KeySpace`), which is left out here:
//
//   {sc07}:meta                                hash    epoch, seq, version:<board>:<window>, forgotten, awaits_rebuild
//   {sc07}:outbox                              stream  effective updates, id <seq of an entry's last>-0
//   {sc07}:receipts:<second of issue>          hash    signature -> the outcome of one action id
//   {sc07}:rate:<board>:<user>                 string  GCRA's theoretical arrival time
//   {sc07}:velocity:<board>:<user>             string  the same, for points
//   {sc07}:cooldown:<action>:<user>            string  the same, for one action
//   {sc07}:daily:<action>:<day>:<user>         string  how often an action counted on a day (days since 1970, UTC)
//   {sc07}:ranking:<board>:<window>:<period>   zset    <tie key><user> by score
//   {sc07}:members:<board>:<window>:<period>   hash    user -> <tie key><score>
//   {sc07}:top:<board>:<window>                channel the visible top, when it changes
//   {sc00}:canary:<random>                     channel one gateway's messages to itself
//   {sc00}:deployment                          string  the id of the deployment whose keys these are
//   {sc00}:catalogue                           hash    tag, boards: the boards, for nodes without Postgres
//   {sc00}:catalogue                           channel the tag, when the boards have changed

/// Caches the keys of each ranking. Rankings come from the catalogue and the calendar, not from clients.
final class RankingKeyCache: Sendable {
    private let partitioning: Partitioning
    private let space: KeySpace
    private let known = NIOLockedValueBox<[Ranking: RankingKeys]>([:])
    /// The most rankings in the cache. When it is full it is emptied, so that past periods do not accumulate.
    private static let countMax = 4096

    init(partitioning: Partitioning, in space: KeySpace) {
        self.partitioning = partitioning
        self.space = space
    }

    func keys(of ranking: Ranking, board: Board) -> RankingKeys {
        known.withLockedValue { known in
            // A board that was moved to another group has other keys.
            if let keys = known[ranking], keys.group == board.group { return keys }
            if known.count >= Self.countMax { known.removeAll() }
            let keys = RankingKeys(board: board, ranking: ranking, partitioning: partitioning, in: space)
            known[ranking] = keys
            return keys
        }
    }
}
