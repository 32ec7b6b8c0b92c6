/// The content of an answer with status 200.
package struct Receipt: Sendable, Equatable {
    /// The score after the update.
    package var newScore: Int64
    /// The rank after it.
    package var rank: Int64
    /// Whether the action id had counted before.
    package var replayed: Bool

    /// A receipt.
    package init(newScore: Int64, rank: Int64, replayed: Bool) {
        self.newScore = newScore
        self.rank = rank
        self.replayed = replayed
    }
}
