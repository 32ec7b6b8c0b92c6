import Basics

extension CivilDate {
    /// The day of the week, 0 for Sunday to 6 for Saturday. 1 January 1970 was a Thursday.
    var dayOfWeek: Int { ((daysSince1970 + 4) % 7 + 7) % 7 }

    /// The week by ISO 8601: weeks begin on Monday and belong to the year in which their Thursday lies.
    package var isoWeek: (year: Int, week: Int) {
        let thursday = CivilDate(daysSince1970: daysSince1970 - (dayOfWeek + 6) % 7 + 3)
        let first = CivilDate(year: thursday.year, month: 1, day: 1)
        return (thursday.year, (thursday.daysSince1970 - first.daysSince1970) / 7 + 1)
    }

    /// The Monday of an ISO week, in days since 1970; nil if the year has no such week.
    static func days(isoYear year: Int, week: Int) -> Int? {
        let fourth = CivilDate(year: year, month: 1, day: 4)
        let monday = fourth.daysSince1970 - (fourth.dayOfWeek + 6) % 7 + (week - 1) * 7
        let found = CivilDate(daysSince1970: monday).isoWeek
        return found.year == year && found.week == week ? monday : nil
    }
}
