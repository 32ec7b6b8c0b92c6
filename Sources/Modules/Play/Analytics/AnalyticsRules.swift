import Basics
import Leaderboard

/// The words and bounds of analytics.
package enum AnalyticsRules {
    /// The action of completed tasks in the ledger.
    package static let taskAction = ReservedAction.prefix + "task"
    /// The days that a user may ask for.
    package static let days = 1...366
    /// The days without a wish.
    package static let daysDefault = 30
    /// The cohorts of an overview: the day and the 30 before it.
    package static let cohorts = 31
    /// The most actions of an overview.
    package static let actionsMax = 100
    /// The movers of an overview.
    package static let moversMax = 10
}

/// A day of a user, in UTC.
package struct UserDay: Sendable, Equatable {
    /// The day.
    package let day: String
    /// The points of its updates.
    package let points: Int64
    /// The number of its updates.
    package let events: Int64
    /// The tasks among them.
    package let tasks: Int64
    /// The rank on the board of play after the last update of the day that counted there; nil if none did.
    package let rank: Int64?

    /// Gathers the parts.
    package init(day: String, points: Int64, events: Int64, tasks: Int64, rank: Int64?) {
        self.day = day
        self.points = points
        self.events = events
        self.tasks = tasks
        self.rank = rank
    }
}

/// A day of everybody, in UTC.
package struct AnalyticsOverview: Sendable, Equatable {
    /// The users who began on a day.
    package struct Cohort: Sendable, Equatable {
        /// The day.
        package let day: String
        /// Their number.
        package let users: Int64
        /// Those active 1, 7 and 30 days after it; nil for days after that of the overview.
        package let returned: [Int64?]

        /// Gathers the parts.
        package init(day: String, users: Int64, returned: [Int64?]) {
            self.day = day
            self.users = users
            self.returned = returned
        }
    }

    /// A name with sums of the day.
    package struct Row: Sendable, Equatable {
        /// An action or a user.
        @ByteExact package private(set) var name: String
        /// The number of updates.
        package let events: Int64
        /// Their points.
        package let points: Int64

        /// Gathers the parts.
        package init(name: String, events: Int64, points: Int64) {
            self.name = name
            self.events = events
            self.points = points
        }
    }

    /// The users with an update on the day.
    package let daily: Int64
    /// The users with an update on the day or one of the 6 before it.
    package let weekly: Int64
    /// The users with an update on the day or one of the 29 before it.
    package let monthly: Int64
    /// The users whose first update was on the day.
    package let new: Int64
    /// The cohorts of the day and the 30 before it that have users, the oldest first.
    package let cohorts: [Cohort]
    /// The actions of the day, those with the most points first.
    package let actions: [Row]
    /// The users with the most points on the day.
    package let movers: [Row]

    /// Gathers the parts.
    package init(
        daily: Int64, weekly: Int64, monthly: Int64, new: Int64, cohorts: [Cohort], actions: [Row], movers: [Row]
    ) {
        self.daily = daily
        self.weekly = weekly
        self.monthly = monthly
        self.new = new
        self.cohorts = cohorts
        self.actions = actions
        self.movers = movers
    }
}

/// The rollups of the ledger.
package protocol AnalyticsStore: Sendable {
    /// The days of a user that have updates, the oldest first.
    ///
    /// - Parameters:
    ///   - last: the last day.
    ///   - count: the days up to it.
    func days(of userID: String, through last: CivilDate, count: Int) async throws(StoreError) -> [UserDay]
    /// The overview of a day.
    func overview(of day: CivilDate) async throws(StoreError) -> AnalyticsOverview
}
