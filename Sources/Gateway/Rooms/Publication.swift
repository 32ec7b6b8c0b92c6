import Leaderboard
import NIOConcurrencyHelpers
import NIOCore

/// One version of a ranking on its way to the sockets. Each message is encoded once in the node, when first asked for.
final class Publication: Sendable {
    /// Grows with each publication of the node, whatever the ranking.
    let sequence: UInt64
    let ranking: Ranking
    let top: Top
    private let frames = NIOLockedValueBox<
        [(kind: ServerMessage.Standings, limit: Int, wire: Wire, frame: ByteBuffer)]
    >([])

    init(sequence: UInt64, ranking: Ranking, top: Top) {
        self.sequence = sequence
        self.ranking = ranking
        self.top = top
    }

    /// The message of this version for the first `limit` entries, as it goes over a wire.
    func frame(_ kind: ServerMessage.Standings, limit: Int, wire: Wire = .plain) -> ByteBuffer {
        frames.withLockedValue { frames in
            func known(_ wire: Wire) -> ByteBuffer? {
                frames.first { $0.kind == kind && $0.limit == limit && $0.wire == wire }?.frame
            }
            if let frame = known(wire) { return frame }
            let plain = known(.plain) ?? ServerMessage.standings(kind, of: ranking, top, limit: limit)
            let frame = ServerFrame.text(plain, for: wire)
            frames.append((kind, limit, wire, frame))
            return frame
        }
    }
}
