import Foundation

/// The names of time zones that boards and profiles may have: those of the IANA database, in their case, with the older
/// names that it keeps as links (`US/Eastern`, `Japan`).
package enum ZoneName {
    /// The names without a slash. Foundation lists only some names, but finds all of the database, and some that are
    /// not in it: offsets (`GMT+3`), abbreviations (`PST`) and zones of System V. Only `SystemV` has a slash.
    private static let plain: Set<String> = [
        "CET", "CST6CDT", "Cuba", "EET", "EST", "EST5EDT", "Egypt", "Eire", "GB", "GB-Eire", "GMT", "GMT+0", "GMT-0",
        "GMT0", "Greenwich", "HST", "Hongkong", "Iceland", "Iran", "Israel", "Jamaica", "Japan", "Kwajalein", "Libya",
        "MET", "MST", "MST7MDT", "NZ", "NZ-CHAT", "Navajo", "PRC", "PST8PDT", "Poland", "Portugal", "ROC", "ROK",
        "Singapore", "Turkey", "UCT", "UTC", "Universal", "W-SU", "WET", "Zulu",
    ]

    /// The rule for such a name, as a clause that can follow a field's name.
    package static let form = "must be an IANA time zone, such as Europe/Berlin"

    /// Whether a text is such a name.
    package static func isKnown(_ name: String) -> Bool {
        guard plain.contains(name) || (name.contains("/") && !name.hasPrefix("SystemV/")) else { return false }
        return TimeZone(identifier: name) != nil
    }
}
