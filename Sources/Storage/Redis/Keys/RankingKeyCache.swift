import Leaderboard
import NIOConcurrencyHelpers
import RedisClient

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
