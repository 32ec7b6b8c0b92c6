/// What a challenge says.
package struct ChallengeContent: Sendable, Equatable {
    /// 1 to 200 characters.
    package let title: String
    /// Up to 10,000 characters.
    package let description: String
    /// Up to 20 of 1 to 500 characters.
    package let steps: [String]
    /// Up to 10, in the order in which users take them.
    package let hints: [ChallengeHint]

    /// Gathers the parts.
    package init(title: String, description: String, steps: [String], hints: [ChallengeHint]) {
        self.title = title
        self.description = description
        self.steps = steps
        self.hints = hints
    }
}

/// A hint, which a user sees after taking it.
package struct ChallengeHint: Sendable, Equatable {
    /// 1 to 1000 characters.
    package let text: String
    /// In coins, 0 to 1,000,000.
    package let cost: Int64

    /// Gathers the parts.
    package init(text: String, cost: Int64) {
        self.text = text
        self.cost = cost
    }
}

/// A hint that a user has taken.
package struct TakenHint: Sendable, Equatable {
    /// Its place, from 0.
    package let index: Int
    package let hint: ChallengeHint
    /// How many are left for this user.
    package let left: Int
    /// The coins in the user's wallet afterwards.
    package let coins: Int64

    /// Gathers the parts.
    package init(index: Int, hint: ChallengeHint, left: Int, coins: Int64) {
        self.index = index
        self.hint = hint
        self.left = left
        self.coins = coins
    }
}

extension ChallengeContent {
    /// The next hint of a user. Pure.
    ///
    /// - Parameter taken: how many the user has taken.
    /// - Returns: its place, the hint, and how many are left after it; nil if there are no more.
    package func nextHint(taken: Int) -> (index: Int, hint: ChallengeHint, left: Int)? {
        guard hints.indices.contains(taken) else { return nil }
        return (taken, hints[taken], hints.count - taken - 1)
    }
}
