/// Keeps the top of one room, and decides which messages are news. Pure.
///
/// Two things are kept apart. *Followed* is the state of the server's last message, from which the next delta starts.
/// *Shown* is the state that the reader got, and it never goes back. After a reconnect to a slower node, the followed
/// state can be older than the shown one for a while, and is then not shown.
package struct Standings: Sendable {
    /// The result of a message.
    package enum Outcome: Equatable, Sendable {
        /// There is a newer state.
        case changed(ScoreboardState)
        /// Nothing new for the reader.
        case notNewer
        /// A delta that does not apply to the followed state, which is forgotten.
        case misfit
    }

    /// The number of shown epochs that are remembered, so that none goes back if nodes disagree for a while.
    private static let epochsMax = 8

    /// The state of the server's last message; nil before the first and after a misfit.
    package private(set) var followed: ScoreboardState?

    /// The highest version shown of each epoch, the epoch shown now at the end.
    private var shown: [(epoch: String, version: Int64)] = []

    /// Before the first message.
    package init() {}

    /// The state to resume from: `<epoch>:<version>`.
    package var resumePoint: String? { followed.map { "\($0.epoch):\($0.version)" } }

    /// Forgets the followed state; the shown versions stay remembered.
    package mutating func forget() { followed = nil }

    /// A snapshot or a whole new top.
    package mutating func take(_ state: ScoreboardState) -> Outcome {
        followed = state
        return show(state)
    }

    /// A delta.
    package mutating func take(_ delta: ScoreboardDelta) -> Outcome {
        // The old state is released before the list changes, so that the list changes in place if it has no other
        // owner.
        guard var state = followed.take(), delta.fits(state), delta.apply(to: &state.entries) else {
            followed = nil
            return .misfit
        }
        state.version = delta.version
        state.at = delta.at
        followed = state
        return show(state)
    }

    private mutating func show(_ state: ScoreboardState) -> Outcome {
        if let index = shown.firstIndex(where: { $0.epoch == state.epoch }) {
            let isCurrentEpoch = index == shown.count - 1
            let known = shown[index].version
            guard state.version > known || (state.version == known && !isCurrentEpoch) else { return .notNewer }
            shown.remove(at: index)
        } else if shown.count == Self.epochsMax {
            shown.removeFirst()
        }
        shown.append((state.epoch, state.version))
        return .changed(state)
    }
}
