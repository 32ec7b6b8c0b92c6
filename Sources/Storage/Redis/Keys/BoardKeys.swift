import Leaderboard
import RedisClient

/// The keys of one ranking in its partition, with the fields and the channel of its window. Updates, which concern many
/// rankings at once, have ``TargetKeys``.
package final class BoardKeys: Sendable {
    package let partition: PartitionKeys
    /// Sorted set of all rankings of the partition that take updates or wait to be dropped.
    package let open: String
    /// Hash of the rankings that are sealed and wait to be dropped.
    package let seals: String
    /// The ranking's name in these two.
    package let name: String
    package let ranking: String
    package let members: String
    package let levels: String
    package let formField: String
    package let versionField: String
    package let periodField: String
    package let channel: String

    package init(_ ranking: Ranking, partition: Int, in space: KeySpace) {
        self.partition = PartitionKeys(partition: partition, in: space)
        let tag = self.partition.tag
        let window = "\(ranking.board):\(ranking.window)"
        open = tag + ":open"
        seals = tag + ":seals"
        name = "\(window):\(ranking.period)"
        self.ranking = "\(tag):ranking:\(name)"
        members = "\(tag):members:\(name)"
        levels = "\(tag):levels:\(name)"
        formField = "form:\(ranking.board)"
        versionField = "version:\(window)"
        periodField = "period:\(window)"
        channel = "\(self.partition.channelTag):top:\(window)"
    }

    /// Returns the board, the window and the period of a name in `open`; nil if it is malformed. Names of boards and
    /// windows hold no colon.
    static func ranking(named name: String) -> Ranking? {
        let parts = name.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        return Ranking(board: String(parts[0]), window: String(parts[1]), period: String(parts[2]))
    }
}
