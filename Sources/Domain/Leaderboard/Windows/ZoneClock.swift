import Foundation

/// The clock of a time zone: from instants to what the clock on the wall shows, and back. Times are in seconds since
/// 1970; a wall time is counted as if it were UTC.
package struct ZoneClock: Sendable {
    private let zone: TimeZone
    /// Offsets before and after a wall time are looked up this far away, in seconds: further than any change moves a
    /// clock (Samoa skipped a day), and nearer than two changes ever were.
    private static let reach: Int64 = 172_800

    /// The clock of a zone.
    package init(_ zone: TimeZone) {
        self.zone = zone
    }

    /// Seconds that the wall is ahead of UTC.
    func offset(at instant: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(instant))))
    }

    /// The time that the wall shows.
    package func wall(at instant: Int64) -> Int64 { instant + offset(at: instant) }

    /// When the wall shows a time.
    package enum Instants: Hashable, Sendable {
        /// As on nearly all days.
        case once(Int64)
        /// The clock is put back over this time, so it comes again.
        case twice(first: Int64, second: Int64)
        /// The clock is put forward over this time. The instant is when that happens.
        case skipped(at: Int64)

        /// The first of them.
        package var first: Int64 {
            switch self {
            case .once(let instant), .twice(let instant, _), .skipped(let instant): instant
            }
        }
    }

    /// When the wall shows a time.
    package func instants(of wall: Int64) -> Instants {
        let (early, late) = (wall - Self.reach, wall + Self.reach)
        let (before, after) = (offset(at: early), offset(at: late))
        if before == after { return .once(wall - before) }
        let found = [wall - before, wall - after].filter { self.wall(at: $0) == wall }.sorted()
        switch found.count {
        case 2 where found[0] != found[1]: return .twice(first: found[0], second: found[1])
        case 0: return .skipped(at: change(from: before, between: early, and: late))
        default: return .once(found[0])
        }
    }

    /// Whether the offset is the same all around a day, so that its wall times need no looking up one by one.
    func plainOffset(ofDay day: Int) -> Int64? {
        let midnight = Int64(day) * 86_400
        let (before, after) = (offset(at: midnight - Self.reach), offset(at: midnight + 86_400 + Self.reach))
        return before == after ? before : nil
    }

    /// The instant at which the offset stops being `offset`.
    private func change(from offset: Int64, between early: Int64, and late: Int64) -> Int64 {
        var (low, high) = (early, late)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if self.offset(at: middle) == offset { low = middle } else { high = middle }
        }
        return high
    }
}
