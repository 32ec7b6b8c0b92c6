import Leaderboard
import NIOConcurrencyHelpers
import NIOCore

/// One version of a ranking on its way to the sockets. Each message is encoded once in the node, when first asked for.
final class Publication: Sendable {
    /// Grows with each publication of the node, whatever the ranking.
    let sequence: UInt64
    let ranking: Ranking
    let top: Top
    private let frames = NIOLockedValueBox<[(kind: ServerMessage.Standings, limit: Int, frame: ByteBuffer)]>([])

    init(sequence: UInt64, ranking: Ranking, top: Top) {
        self.sequence = sequence
        self.ranking = ranking
        self.top = top
    }

    /// The message of this version for the first `limit` entries.
    func frame(_ kind: ServerMessage.Standings, limit: Int) -> ByteBuffer {
        frames.withLockedValue { frames in
            if let known = frames.first(where: { $0.kind == kind && $0.limit == limit }) { return known.frame }
            let frame = ServerMessage.standings(kind, of: ranking, top, limit: limit)
            frames.append((kind, limit, frame))
            return frame
        }
    }
}
