import Basics
import Leaderboard

/// What followers of the ledger keep for each user.
package protocol GamificationStore: Sendable {
    /// The sums of a user.
    func summary(of userID: String) async throws(StoreError) -> PlayerSummary
    /// The points of a day.
    ///
    /// - Parameter day: in the user's time zone.
    func points(of userID: String, on day: CivilDate) async throws(StoreError) -> Int64
    /// Notifies users whose streaks are at risk, each once a day.
    ///
    /// - Parameters:
    ///   - now: in ms since 1970.
    ///   - after: users with greater ids; nil for the first page.
    ///   - limit: the most users to look at.
    /// - Returns: the last user that was looked at; nil if there are no more.
    func warn(at now: Int64, after: String?, limit: Int) async throws(StoreError) -> String?
}

/// The sums of a user.
package struct PlayerSummary: Sendable, Equatable {
    /// All points.
    package var points: Int64 = 0
    /// The tasks that brought points.
    package var tasks: Int64 = 0
    /// The challenges that brought points.
    package var challenges: Int64 = 0
    /// The streak; nil before the first point.
    package var streak: Streak?
    /// The time zone of the profile; nil for UTC.
    package var timeZone: String?

    /// Nothing yet.
    package init() {}

    /// What clients see of the streak.
    ///
    /// - Parameter now: in ms since 1970.
    package func standing(at now: Int64) -> StreakStanding {
        streak?.standing(at: now, in: LocalDays(zone: timeZone)) ?? .none
    }
}
