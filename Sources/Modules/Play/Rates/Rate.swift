/// What a completion earns by the type of its task, or by the job of the user.
package struct Rate: Sendable, Equatable {
    /// Points on the board of play.
    package let points: Int64
    /// Coins for the wallet.
    package let coins: Int64
    /// How often a day tasks that a user made for itself earn it; nil if the rate does not say.
    package let maxPerUserPerDay: Int64?

    /// The points and coins that a rate can have.
    package static let amounts: ClosedRange<Int64> = 0...1_000_000_000
    /// The caps that a rate can have.
    package static let caps: ClosedRange<Int64> = 1...100_000

    /// Gathers the parts.
    package init(points: Int64 = 0, coins: Int64 = 0, maxPerUserPerDay: Int64? = nil) {
        self.points = points
        self.coins = coins
        self.maxPerUserPerDay = maxPerUserPerDay
    }
}

/// A rate and what it is for.
package struct NamedRate: Sendable, Equatable {
    /// A type of tasks, or a job.
    package let name: String
    package let rate: Rate

    /// Gathers the parts.
    package init(name: String, rate: Rate) {
        self.name = name
        self.rate = rate
    }
}

/// What rates are for.
package enum RateKind: Sendable, CaseIterable {
    /// The type of a task.
    case taskType
    /// The job in the profile of a user.
    case job
}
