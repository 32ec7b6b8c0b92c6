/// A cron expression in a time zone: the instants at which it fires, in seconds since 1970.
///
/// If the clock is put forward over a time of the expression, it fires at the end of the gap. If the clock is put back
/// over it, the expression fires again only if it follows elapsed time. Firings at one instant are one.
struct CronClock: Sendable {
    let schedule: CronSchedule
    let clock: ZoneClock
    /// Days that are searched: after 400 years the calendar repeats.
    private static let daysMax = 146_097 + 2

    /// The last firing at or before an instant; nil if there is none in 400 years.
    func last(atOrBefore instant: Int64) -> Int64? {
        let today = day(at: instant)
        // A clock that is put back over midnight may show yesterday after today has begun.
        for day in (0..<Self.daysMax).lazy.map({ today + 1 - $0 }) where schedule.fires(onDay: day) {
            guard let found = firings(ofDay: day).last(where: { $0 <= instant }) else { continue }
            let neighbour = firings(ofDay: day - 1).last { $0 <= instant }
            return max(found, neighbour ?? found)
        }
        return nil
    }

    /// The first firing after an instant; nil if there is none in 400 years.
    func next(after instant: Int64) -> Int64? {
        let today = day(at: instant)
        for day in (0..<Self.daysMax).lazy.map({ today - 1 + $0 }) where schedule.fires(onDay: day) {
            guard let found = firings(ofDay: day).first(where: { $0 > instant }) else { continue }
            let neighbour = firings(ofDay: day + 1).first { $0 > instant }
            return min(found, neighbour ?? found)
        }
        return nil
    }

    private func day(at instant: Int64) -> Int { Int((Double(clock.wall(at: instant)) / 86_400).rounded(.down)) }

    /// The firings of the times of one day of the calendar, in ascending order.
    private func firings(ofDay day: Int) -> [Int64] {
        guard schedule.fires(onDay: day) else { return [] }
        let midnight = Int64(day) * 86_400
        let walls = schedule.hours.flatMap { hour in
            schedule.minutes.map { midnight + Int64(hour * 3600 + $0 * 60) }
        }
        if let offset = clock.plainOffset(ofDay: day) { return walls.map { $0 - offset } }
        var found: Set<Int64> = []
        for wall in walls {
            switch clock.instants(of: wall) {
            case .once(let instant), .skipped(let instant): found.insert(instant)
            case .twice(let first, let second):
                found.insert(first)
                if schedule.followsElapsedTime { found.insert(second) }
            }
        }
        return found.sorted()
    }
}
