import Basics
import Foundation

/// The periods of templates, in the time zone of the user. Pure.
package enum TemplatePeriod {
    /// The external id of the task of a template that is current at a time: `<template>`, `<template>:2026-11-28` or
    /// `<template>:2026-W48`.
    ///
    /// - Parameters:
    ///   - time: in ms since 1970.
    ///   - timeZone: an IANA name. One that is unknown, or nil, counts as UTC.
    package static func externalID(
        of template: String, _ rhythm: TaskRepeat, at time: Int64, timeZone: String?
    ) -> String {
        let zone = timeZone.flatMap { TimeZone(identifier: $0) } ?? .gmt
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time) / 1000))
        let day = CivilDate(milliseconds: time + Int64(offset) * 1000)
        switch rhythm {
        case .once: return template
        case .daily: return "\(template):\(text(day.year, 4))-\(text(day.month, 2))-\(text(day.day, 2))"
        case .weekly:
            let (year, week) = week(of: day)
            return "\(template):\(text(year, 4))-W\(text(week, 2))"
        }
    }

    /// The week of a day: it belongs to the year of its Thursday (ISO 8601).
    static func week(of day: CivilDate) -> (year: Int, week: Int) {
        let days = day.daysSince1970
        // 1 January 1970 was a Thursday.
        let sinceMonday = ((days + 3) % 7 + 7) % 7
        let thursday = days - sinceMonday + 3
        let year = CivilDate(daysSince1970: thursday).year
        return (year, (thursday - CivilDate(year: year, month: 1, day: 1).daysSince1970) / 7 + 1)
    }

    private static func text(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
