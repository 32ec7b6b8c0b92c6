/// Tells what an event of the ledger brought a user, as the followers of the ledger found it.
package protocol GamificationReader: Sendable {
    /// The badges that an award brought, and the streak after it.
    ///
    /// - Parameters:
    ///   - userID: the user.
    ///   - awardID: an award of the user that was applied. Its event may still be on its way to the ledger and to the
    ///     followers: this waits for it. Nil if nothing was awarded: there are no badges then, and the streak is the
    ///     one of now.
    ///   - patience: after this long the answer is nil.
    /// - Returns: nil if it is not known yet, or if the stores cannot be reached.
    func standing(
        of userID: String, afterAward awardID: Int64?, within patience: Duration
    ) async -> CompletionStanding?
}

/// What a completion brought beside coins and points.
package struct CompletionStanding: Sendable, Equatable {
    /// The badges that it earned, in the order of their ids.
    package let badges: [EarnedBadge]
    /// The streak after it.
    package let streak: StreakStanding

    /// Gathers the parts.
    package init(badges: [EarnedBadge], streak: StreakStanding) {
        self.badges = badges
        self.streak = streak
    }
}

/// A badge that a user has just earned.
package struct EarnedBadge: Sendable, Equatable {
    /// The badge.
    package let id: String
    /// Its name for people.
    package let name: String

    /// Gathers the parts.
    package init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}

/// A streak as clients see it.
package struct StreakStanding: Sendable, Equatable {
    /// Days in a row with points, in the user's time zone.
    package let days: Int
    /// The most days that it ever had.
    package let longest: Int
    /// The days without points that it can still survive.
    package let freezes: Int
    /// Whether it ends within 4 h unless the user gets points.
    package let isAtRisk: Bool

    /// Gathers the parts.
    package init(days: Int, longest: Int, freezes: Int, isAtRisk: Bool) {
        self.days = days
        self.longest = longest
        self.freezes = freezes
        self.isAtRisk = isAtRisk
    }
}
