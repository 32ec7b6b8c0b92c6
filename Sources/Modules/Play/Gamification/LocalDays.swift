import Basics
import Foundation
import Leaderboard

/// The days of a time zone.
package struct LocalDays: Sendable {
    private let clock: ZoneClock

    /// - Parameter zone: an IANA name; UTC if it is nil, or not known here any more.
    package init(zone: String?) {
        clock = ZoneClock(zone.flatMap { TimeZone(identifier: $0) } ?? .gmt)
    }

    /// The day of an instant.
    ///
    /// - Parameter milliseconds: since 1970.
    package func day(at milliseconds: Int64) -> CivilDate {
        let seconds = Int64((Double(milliseconds) / 1000).rounded(.down))
        return CivilDate(milliseconds: clock.wall(at: seconds) * 1000)
    }

    /// When a day ends, in ms since 1970.
    package func end(of day: CivilDate) -> Int64 {
        clock.instants(of: Int64(day.daysSince1970 + 1) * 86_400).first * 1000
    }
}

extension CivilDate {
    /// The day as `2026-11-28`.
    package var text: String {
        String(Timestamp.text(milliseconds: Int64(daysSince1970) * CivilDate.dayMilliseconds).prefix(10))
    }

    /// Reads `2026-11-28`; nil if there is no such day.
    package init?(text: String) {
        guard text.utf8.count == 10, let milliseconds = Timestamp.milliseconds(of: text + "T00:00:00Z") else {
            return nil
        }
        self.init(milliseconds: milliseconds)
    }
}
