import Leaderboard
import NIOConcurrencyHelpers
import NIOCore

/// One version of a window, to be pushed. Each message of it is encoded once in the node, when it is first needed.
package final class Publication: Sendable {
    /// Grows with each publication of the node, across all windows.
    package let sequence: UInt64
    /// Counts the epochs of the window. Versions can be compared only if it is the same.
    package let epochNumber: UInt32
    /// Counts the periods of the window, and the changes of its board's form. A client that has a version with another
    /// number gets a snapshot.
    package let periodNumber: UInt32
    package let followed: BoardWindow
    package let top: Top
    private let ties: BoardRules.Ties
    package let publishedAt = NIODeadline.now()
    private let history: TopHistory
    private let frames = NIOLockedValueBox<[Form: ByteBuffer]>([:])

    /// The properties in which the messages of this version differ.
    private struct Form: Hashable {
        var kind: Kind
        var limit: Int
        var encoding: MessageEncoding
    }

    private enum Kind: Hashable {
        case standings(ServerMessage.Standings)
        case delta(from: Int64)
    }

    /// Messages that are kept: more than are in use at a time. Stops clients that resume from every version with every
    /// limit from filling the memory.
    private static let framesMax = 256

    package init(
        sequence: UInt64, epochNumber: UInt32, periodNumber: UInt32, followed: BoardWindow, ties: BoardRules.Ties,
        top: Top, history: TopHistory
    ) {
        self.sequence = sequence
        self.epochNumber = epochNumber
        self.periodNumber = periodNumber
        self.followed = followed
        self.ties = ties
        self.top = top
        self.history = history
    }

    /// The message of this version with the first `limit` entries.
    func frame(_ kind: ServerMessage.Standings, limit: Int, as encoding: MessageEncoding) -> ByteBuffer {
        // Clients that ask for more entries than there are share one buffer.
        let limit = min(limit, top.entries.count)
        let form = Form(kind: .standings(kind), limit: limit, encoding: encoding)
        return frames.withLockedValue { frames in
            if let known = frames[form] { return known }
            let frame = ServerMessage.standings(kind, of: followed, top, limit: limit, as: encoding)
            Self.keep(frame, for: form, in: &frames)
            return frame
        }
    }

    /// The message with the changes in the first `limit` entries since an earlier version of this epoch and period. It
    /// is the snapshot if that version is not known any more, or a list of changes cannot express the difference.
    func delta(from version: Int64, limit: Int, as encoding: MessageEncoding) -> ByteBuffer {
        let form = Form(kind: .delta(from: version), limit: limit, encoding: encoding)
        let known = frames.withLockedValue { frames -> ByteBuffer? in
            if let known = frames[form] { return known }
            guard let old = history.top(epoch: top.epoch, version: version),
                let changes = TopChanges(
                    from: old.entries.prefix(limit), to: top.entries.prefix(limit), ties: ties)
            else { return nil }
            let frame = ServerMessage.delta(changes, of: followed, from: version, to: top, as: encoding)
            Self.keep(frame, for: form, in: &frames)
            return frame
        }
        return known ?? frame(.snapshot, limit: limit, as: encoding)
    }

    private static func keep(_ frame: ByteBuffer, for form: Form, in frames: inout [Form: ByteBuffer]) {
        if frames.count < framesMax { frames[form] = frame }
    }
}
