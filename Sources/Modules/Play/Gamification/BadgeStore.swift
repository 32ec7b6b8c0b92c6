import Leaderboard

/// Badges, and who has them.
package protocol BadgeStore: Sendable {
    /// Badges by id.
    ///
    /// - Parameter after: those with greater ids; nil for the first page.
    func badges(after: String?, limit: Int) async throws(StoreError) -> [Badge]
    /// Adds or replaces a badge. If its rule is new, everybody who satisfies it already gets it soon.
    func put(_ badge: Badge) async throws(StoreError) -> BadgePutOutcome
    /// Deletes a badge. Users who have it do not see it any more, until there is one with this id again.
    ///
    /// - Returns: false if there was none.
    func delete(_ id: String) async throws(StoreError) -> Bool
    /// The badges of a user, the latest first.
    func held(by userID: String) async throws(StoreError) -> [HeldBadge]
    /// Gives badges to those who satisfied their rules before these were made: one page of users of one badge.
    ///
    /// - Parameter limit: the most users.
    /// - Returns: the users that were looked at, or nil if there is nothing to do, or other nodes do it.
    func sweep(limit: Int) async throws(StoreError) -> Int?
}

/// What became of a badge that an administrator wrote.
package enum BadgePutOutcome: Sendable, Equatable {
    /// It is new.
    case created
    /// It took the place of an older one.
    case replaced
    /// There are as many badges as there may be.
    case tooMany
}
