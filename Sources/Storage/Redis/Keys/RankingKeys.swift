import Leaderboard
import RedisClient

/// The keys of one ranking, together with those of its partition.
package final class RankingKeys: Sendable {
    package let partition: PartitionKeys
    package let ranking: String
    package let members: String
    package let versionField: String
    package let channel: String
    package let ratePrefix: String
    /// The board's group for which the keys were made.
    let group: String

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
