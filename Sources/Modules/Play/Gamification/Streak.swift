import Basics

/// The days in a row on which a user earned points. Pure.
///
/// A freeze saves the streak on a day without points. Every 7th day of a streak brings one; a user holds two at most.
/// A gap of n days uses n freezes if there are that many. Otherwise the streak ends, the freezes stay, and the next day
/// with points is day 1.
///
/// A day is the calendar day that the user's time zone had at the event. So a user who flies west has a day twice,
/// which counts once, and a user who flies east over midnight may lack a day, which is a gap like any other.
package struct Streak: Sendable, Equatable {
    /// The days with points.
    package private(set) var days: Int
    /// The most that it ever had.
    package private(set) var longest: Int
    /// The days without points that it can survive.
    package private(set) var freezes: Int
    /// The last day with points.
    package private(set) var lastDay: CivilDate

    /// A streak of this many days brings a freeze, and so does each multiple of it.
    package static let daysForFreeze = 7
    /// The most freezes that a user holds.
    package static let freezesMax = 2
    /// The end of the day in which a streak without points of that day is at risk, in ms.
    package static let riskMilliseconds: Int64 = 4 * 3_600_000

    /// A stored streak.
    package init(days: Int, longest: Int, freezes: Int, lastDay: CivilDate) {
        (self.days, self.longest, self.freezes, self.lastDay) = (days, longest, freezes, lastDay)
    }

    /// The first day.
    package init(first day: CivilDate) {
        self.init(days: 1, longest: 1, freezes: 0, lastDay: day)
    }

    /// Folds the days of a history.
    ///
    /// - Parameter days: in order, each once.
    /// - Returns: nil if there are none.
    package init?(_ days: some Sequence<CivilDate>) {
        var streak: Streak?
        for day in days {
            if streak == nil { streak = Streak(first: day) } else { streak?.count(day) }
        }
        guard let streak else { return nil }
        self = streak
    }

    /// Counts a day with points. A day that is not after the last one changes nothing.
    package mutating func count(_ day: CivilDate) {
        let missed = missedDays(before: day)
        guard missed >= 0 else { return }
        lastDay = day
        guard missed <= freezes else { return days = 1 }
        freezes -= missed
        days += 1
        longest = max(longest, days)
        if days % Self.daysForFreeze == 0 { freezes = min(freezes + 1, Self.freezesMax) }
    }

    /// The days without points between the last one and a day; negative if the day is not after it.
    private func missedDays(before day: CivilDate) -> Int { day.daysSince1970 - lastDay.daysSince1970 - 1 }

    /// What a client sees.
    ///
    /// - Parameters:
    ///   - now: in ms since 1970.
    ///   - calendar: the days of the user's time zone.
    package func standing(at now: Int64, in calendar: LocalDays) -> StreakStanding {
        let today = calendar.day(at: now)
        let missed = max(missedDays(before: today), 0)
        let isAlive = missed <= freezes
        return StreakStanding(
            days: isAlive ? days : 0, longest: longest, freezes: isAlive ? freezes - missed : freezes,
            isAtRisk: isAlive && missedDays(before: today) >= 0
                && now >= calendar.end(of: today) - Self.riskMilliseconds)
    }
}

extension StreakStanding {
    /// That of a user who never earned a point.
    package static var none: StreakStanding { StreakStanding(days: 0, longest: 0, freezes: 0, isAtRisk: false) }
}
