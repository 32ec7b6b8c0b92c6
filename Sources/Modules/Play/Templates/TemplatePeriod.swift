import Basics
import Leaderboard

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
        let day = LocalDays(zone: timeZone).day(at: time)
        switch rhythm {
        case .once: return template
        case .daily: return "\(template):\(day.text)"
        case .weekly:
            let (year, week) = day.isoWeek
            return "\(template):\(text(year, 4))-W\(text(week, 2))"
        }
    }

    private static func text(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
