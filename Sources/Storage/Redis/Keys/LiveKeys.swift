import Leaderboard
import Players
import RedisClient

/// The channels of live messages, and the keys by which play nodes claim calls. They carry the hash tag of the first
/// partition, so that one ACL pattern covers them; moves carry that of their board's partition.
package struct LiveKeys: Sendable, Hashable {
    private let space: KeySpace
    private let tag: String
    private let channelTag: String

    package init(in space: KeySpace) {
        self.space = space
        let partition = PartitionKeys(partition: 0, in: space)
        (tag, channelTag) = (partition.tag, partition.channelTag)
    }

    /// The channel of messages to the users of a shard.
    package func users(shard: Int) -> String { "\(channelTag):user:\(shard)" }

    /// The channel of a challenge's room.
    package func room(_ challenge: String) -> String { "\(channelTag):room:\(challenge)" }

    /// The channel of calls to play nodes.
    package var calls: String { channelTag + ":calls" }

    /// The channel of answers to a gateway.
    package func answers(to gateway: String) -> String { "\(channelTag):answers:\(gateway)" }

    /// The key by which a play node claims a call.
    package func claim(_ call: String) -> String { "\(tag):claim:\(call)" }

    /// The channel of moves in the current ranking of a window.
    package func moves(_ board: String, window: String, partition: Int) -> String {
        "\(PartitionKeys(partition: partition, in: space).channelTag):moves:\(board):\(window)"
    }

    /// The field of a partition's meta that says until when somebody listens to these moves.
    static func listenField(_ board: String, window: String) -> String { "listen:\(board):\(window)" }
}
