import Leaderboard
import NIOConcurrencyHelpers
import NIOCore

/// One version of a ranking on its way to the sockets. Each message is encoded once in the node, when first asked for.
package final class Publication: Sendable {
    /// Grows with each publication of the node, whatever the ranking.
    package let sequence: UInt64
    /// Counts the epochs of the ranking: versions can be compared where it is the same.
    package let epochNumber: UInt32
    package let ranking: Ranking
    package let top: Top
    package let publishedAt = NIODeadline.now()
    private let history: TopHistory
    private let frames = NIOLockedValueBox<[Form: ByteBuffer]>([:])

    /// What tells one message of this version from another.
    private struct Form: Hashable {
        var kind: Kind
        var limit: Int
        var encoding: MessageEncoding
    }

    private enum Kind: Hashable {
        case standings(ServerMessage.Standings)
        case delta(from: Int64)
    }

    /// Messages that are kept. More than are in use at a time; stops clients that resume from every version with every
    /// limit from filling the memory.
    private static let framesMax = 256

    package init(sequence: UInt64, epochNumber: UInt32, ranking: Ranking, top: Top, history: TopHistory) {
        self.sequence = sequence
        self.epochNumber = epochNumber
        self.ranking = ranking
        self.top = top
        self.history = history
    }

    /// The message of this version with the first `limit` entries.
    func frame(_ kind: ServerMessage.Standings, limit: Int, as encoding: MessageEncoding) -> ByteBuffer {
        // Those who ask for more than there is get the same buffer.
        let limit = min(limit, top.entries.count)
        let form = Form(kind: .standings(kind), limit: limit, encoding: encoding)
        return frames.withLockedValue { frames in
            if let known = frames[form] { return known }
            let frame = ServerMessage.standings(kind, of: ranking, top, limit: limit, as: encoding)
            Self.keep(frame, for: form, in: &frames)
            return frame
        }
    }

    /// The message of what changed in the first `limit` entries since an earlier version of this epoch; the snapshot
    /// where that version is not known any more, or a list of changes cannot tell it.
    func delta(from version: Int64, limit: Int, as encoding: MessageEncoding) -> ByteBuffer {
        let form = Form(kind: .delta(from: version), limit: limit, encoding: encoding)
        let known = frames.withLockedValue { frames -> ByteBuffer? in
            if let known = frames[form] { return known }
            guard let old = history.top(epoch: top.epoch, version: version),
                let changes = TopChange.steps(from: old.entries.prefix(limit), to: top.entries.prefix(limit))
            else { return nil }
            let frame = ServerMessage.delta(changes, of: ranking, from: version, to: top, as: encoding)
            Self.keep(frame, for: form, in: &frames)
            return frame
        }
        return known ?? frame(.snapshot, limit: limit, as: encoding)
    }

    private static func keep(_ frame: ByteBuffer, for form: Form, in frames: inout [Form: ByteBuffer]) {
        if frames.count < framesMax { frames[form] = frame }
    }
}
