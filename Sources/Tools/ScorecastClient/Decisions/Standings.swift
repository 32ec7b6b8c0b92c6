/// What the server has said about one room, and what of it is news. Pure.
///
/// Two things are kept apart. *Followed* is the state of the server's last message, which the next delta starts from.
/// *Shown* is what the reader was told, and it never goes back: after a reconnect to a node that lags, the followed
/// state can be older than the shown one for a while, and is then not shown.
package struct Standings: Sendable {
    /// What a message led to.
    package enum Outcome: Equatable, Sendable {
        /// There is a newer state.
        case changed(ScoreboardState)
        /// Nothing that had not been shown before.
        case notNewer
        /// A delta that does not apply to the followed state, which is forgotten.
        case misfit
    }

    /// Of the epochs that were shown, how many are remembered, so that none goes back when nodes disagree for a while.
    private static let epochsMax = 8

    /// The state of the server's last message; nil before the first and after a misfit.
    package private(set) var followed: ScoreboardState?

    /// The highest version shown of each epoch, the epoch shown now at the end.
    private var shown: [(epoch: String, version: Int64)] = []

    /// Before the first message.
    package init() {}

    /// What to ask the server to go on from: `<epoch>:<version>`.
    package var resumePoint: String? { followed.map { "\($0.epoch):\($0.version)" } }

    /// Forgets the state that deltas start from; what was shown stays remembered.
    package mutating func forget() { followed = nil }

    /// A snapshot or a whole new top.
    package mutating func take(_ state: ScoreboardState) -> Outcome {
        followed = state
        return show(state)
    }

    /// What has changed.
    package mutating func take(_ delta: ScoreboardDelta) -> Outcome {
        // The old state is let go before the list changes, so that it changes in place where nobody else holds it.
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
