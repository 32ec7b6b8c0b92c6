import Foundation

/// The periods of all windows of one board. Pure.
///
/// Its creation looks up the time zone, so keep a calendar that is needed often.
public struct BoardCalendar: Sendable {
    /// The board.
    public let board: Board
    private let calendars: [PeriodCalendar]

    /// Creates the calendar of a board. An unknown time zone, which no board can have, counts as UTC.
    public init(_ board: Board) {
        self.board = board
        let zone = TimeZone(identifier: board.timeZone) ?? .gmt
        calendars = board.windows.map { PeriodCalendar($0, zone: zone) }
    }

    /// The period in which a time lies, in ms since 1970; nil outside of a season, and for an unknown window.
    public func period(at time: Int64, in window: String) -> Period? { calendar(window)?.period(at: time) }

    /// The calendar of a window; nil if the board has no such window.
    public func calendar(_ window: String) -> PeriodCalendar? { calendars.first { $0.window.name == window } }

    /// The period that reads and watchers call current: the one in which the time lies, and for a season always its
    /// only one.
    public func current(at time: Int64, in window: String) -> Period? {
        guard let calendar = calendar(window) else { return nil }
        if case .season(let start, _) = calendar.window.kind { return calendar.period(at: start) }
        return calendar.period(at: time)
    }

    /// The rankings on which an action issued at a time counts, for all windows of the board, in their order.
    func targets(issuedAt: Int64, board index: Int) -> [UpdateTarget] {
        calendars.compactMap { calendar in
            calendar.period(at: issuedAt).map { UpdateTarget(board: index, of: board, calendar.window, $0) }
        }
    }

    /// The span of issue times around a time for which `targets` gives the same, half-open.
    func validity(around time: Int64) -> Range<Int64> {
        var (from, until) = (Int64.min, Int64.max)
        for calendar in calendars {
            if let period = calendar.period(at: time) {
                from = max(from, period.startsAt ?? .min)
                until = min(until, period.endsAt ?? .max)
            } else if case .season(let start, let end) = calendar.window.kind {
                if time < start { until = min(until, start) } else { from = max(from, end) }
            }
        }
        return from..<max(until, from + 1)
    }
}
