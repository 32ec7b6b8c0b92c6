import NIOCore
import NIOHTTP1

/// The parser of a connection. One that has stopped is replaced by a new one, and leaves the pipeline only with the
/// loop's next turn. Until then, it cannot be replaced once more.
///
///     settled ──replace──▶ replacing ──endReplacement──▶ settled
///                              │
///                              └─requestReplacement─▶ replacingAgain ──endReplacement──▶ settled
///
/// After `replacingAgain`, the parser has to be replaced at once.
package struct DecoderSlot<Decoder> {
    private enum State {
        /// The parser is the only one in the pipeline. Then `replacing`.
        case settled
        /// The parser before it is leaving. Then `settled` or `replacingAgain`.
        case replacing
        /// The parser before it is leaving, and this one has stopped as well. Then `settled`.
        case replacingAgain
    }

    /// The parser that reads.
    package private(set) var current: Decoder
    private var state = State.settled

    /// - Parameter decoder: the first parser of the connection.
    package init(_ decoder: Decoder) { current = decoder }

    /// Whether the previous parser is still in the pipeline.
    package var isReplacing: Bool {
        if case .settled = state { false } else { true }
    }

    /// Whether the parser, which has stopped, can be replaced now. If not, `endReplacement` will tell when.
    package mutating func requestReplacement() -> Bool {
        switch state {
        case .settled: return true
        case .replacing, .replacingAgain:
            state = .replacingAgain
            return false
        }
    }

    /// A new parser has its place in the pipeline, and the previous one is leaving.
    package mutating func replace(with new: Decoder) {
        current = new
        state = .replacing
    }

    /// The previous parser has left.
    ///
    /// - Returns: whether the current one has stopped as well, and has to be replaced.
    package mutating func endReplacement() -> Bool {
        defer { state = .settled }
        if case .replacingAgain = state { return true }
        return false
    }
}
