import Foundation

/// The periods of one window in one time zone.
///
/// Pure. A lookup takes some microseconds. If a period is needed often, keep it until it ends.
public struct PeriodCalendar: Sendable {
    /// The window.
    public let window: Window
    private let clock: ZoneClock
    private let cron: CronClock?

    /// The calendar of a window.
    ///
    /// - Parameters:
    ///   - window: the window.
    ///   - zone: the board's time zone.
    public init(_ window: Window, zone: TimeZone) {
        self.window = window
        let clock = ZoneClock(zone)
        self.clock = clock
        cron = Self.schedule(of: window.kind).map { CronClock(schedule: $0, clock: clock) }
    }

    /// The period in which a time lies, in ms since 1970; nil out of a season.
    public func period(at time: Int64) -> Period? {
        switch window.kind {
        case .all: return Period(name: window.name, startsAt: nil, endsAt: nil)
        case .season(let start, let end):
            let season = Period(name: window.name, startsAt: start, endsAt: end)
            return season.contains(time) ? season : nil
        case .hourly, .daily, .weekly, .monthly, .yearly, .cron:
            let second = time / 1000 - (time % 1000 < 0 ? 1 : 0)
            guard let cron, let start = cron.last(atOrBefore: second), let end = cron.next(after: second) else {
                return nil
            }
            return Period(name: name(ofStart: start), startsAt: start * 1000, endsAt: end * 1000)
        }
    }

    /// The period before one of this window; nil if there is none.
    public func period(before period: Period) -> Period? {
        guard cron != nil, let start = period.startsAt else { return nil }
        return self.period(at: start - 1)
    }

    /// The period with a name; nil if no period of this window has it.
    public func period(named name: String) -> Period? {
        switch window.kind {
        case .all: return name == window.name ? period(at: 0) : nil
        case .season(let start, _): return name == window.name ? period(at: start) : nil
        case .hourly, .daily, .weekly, .monthly, .yearly, .cron:
            guard name.utf8.count <= PeriodName.bytesMax, let wall = PeriodName.wall(of: name, kind: window.kind) else {
                return nil
            }
            let candidates: [Int64] =
                switch clock.instants(of: wall) {
                case .once(let instant), .skipped(let instant): [instant]
                case .twice(let first, let second): [first, second]
                }
            return candidates.lazy.compactMap { period(at: $0 * 1000) }.first { $0.name == name }
        }
    }

    private func name(ofStart start: Int64) -> String {
        let wall = clock.wall(at: start)
        let name = PeriodName.text(ofWall: wall, kind: window.kind)
        return clock.instants(of: wall).first == start ? name : name + PeriodName.again
    }

    private static func schedule(of kind: Window.Kind) -> CronSchedule? {
        switch kind {
        case .all, .season: nil
        case .hourly: try? CronSchedule("0 * * * *")
        case .daily: try? CronSchedule("0 0 * * *")
        case .weekly: try? CronSchedule("0 0 * * mon")
        case .monthly: try? CronSchedule("0 0 1 * *")
        case .yearly: try? CronSchedule("0 0 1 1 *")
        case .cron(let schedule): schedule
        }
    }
}
