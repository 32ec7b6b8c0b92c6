import Leaderboard

/// A completion as its transaction stored it.
package struct CompletionRecord: Sendable, Equatable {
    /// The user.
    @ByteExact package private(set) var userID: String
    /// What it earned.
    package let earned: Earned
    /// The final answer, as ``Completion`` made it; nil until there is one.
    package let outcome: String?
    /// Whether it was completed before.
    package let isReplay: Bool

    /// Gathers the parts.
    package init(userID: String, earned: Earned, outcome: String?, isReplay: Bool) {
        self.userID = userID
        self.earned = earned
        self.outcome = outcome
        self.isReplay = isReplay
    }
}

/// What a completion earned, as it was stored.
package struct Earned: Sendable, Equatable {
    /// The coins that went into the wallet.
    package let coins: Int64
    /// The coins of the wallet after it.
    package let coinsAfter: Int64
    /// The points that were awarded.
    package let points: Int64
    /// See ``Earnings/isCapped``.
    package let isCapped: Bool
    /// The award of the points; nil if there were none.
    package let awardID: Int64?

    /// Gathers the parts.
    package init(coins: Int64, coinsAfter: Int64, points: Int64, isCapped: Bool, awardID: Int64?) {
        self.coins = coins
        self.coinsAfter = coinsAfter
        self.points = points
        self.isCapped = isCapped
        self.awardID = awardID
    }
}
