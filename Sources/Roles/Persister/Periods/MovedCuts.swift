import Leaderboard

/// Finds the rankings whose cut a change of a board brings forward. Nobody looks at them before the cut that the store
/// has, so they would be sealed too late. Pure.
///
/// A cut that moves back needs no search: its ranking comes up at the old one.
package enum MovedCuts {
    /// The most periods of one window: a week of grace, with a period each minute.
    private static let periodsMax = 11_000

    /// Returns the rankings and their new cuts.
    ///
    /// - Parameters:
    ///   - old: the board before.
    ///   - new: the board now.
    ///   - now: the time in ms since 1970.
    package static func found(from old: Board, to new: Board, now: Int64) -> [DueRanking] {
        let isGraceShorter = new.graceSeconds < old.graceSeconds
        let calendar = BoardCalendar(new)
        return new.windows.flatMap { window -> [DueRanking] in
            guard isGraceShorter || endsEarlier(window, than: old.window(window.name)),
                let periods = calendar.calendar(window.name)
            else { return [] }
            var found: [DueRanking] = []
            var next = calendar.current(at: now, in: window.name)
            while let period = next, found.count < periodsMax, let end = period.endsAt,
                window.hasOnePeriod || end + old.graceMilliseconds > now
            {
                found.append(
                    DueRanking(
                        ranking: Ranking(board: new.id, window: window.name, period: period.name),
                        cut: end + new.graceMilliseconds))
                next = periods.period(before: period)
            }
            return found
        }
    }

    private static func endsEarlier(_ window: Window, than old: Window?) -> Bool {
        guard case .season(_, let end) = window.kind, case .season(_, let oldEnd)? = old?.kind else { return false }
        return end < oldEnd
    }
}
