import Foundation
import Leaderboard
import Testing

/// Times and calendars as the examples write them.
enum WallTime {
    /// A time in ms since 1970. It is read by Foundation, and not by the code that is tested.
    static func milliseconds(_ text: String) throws -> Int64 {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime]
        return Int64(try #require(formatter.date(from: text)).timeIntervalSince1970) * 1000
    }

    /// The window with this name, or a window with this cron expression.
    static func window(_ text: String) throws -> Window {
        try Window.fixed(text) ?? Window(name: "own", kind: .cron(CronSchedule(text)))
    }

    /// The calendar of such a window in a time zone.
    static func calendar(of window: String, in zone: String) throws -> PeriodCalendar {
        PeriodCalendar(try self.window(window), zone: try #require(TimeZone(identifier: zone)))
    }
}
