import Leaderboard

/// The next step for a ranking whose cut is over. Pure.
package enum DueStep: Hashable {
    /// Its cut moved: it is due later, or never.
    case reschedule(cut: Int64?)
    /// Seal and archive it.
    case seal(Board, Period)
    /// Its board is gone, and was emptied when it went: remove what is left.
    case drop

    /// How long a ranking waits whose board this version cannot run, in ms. Another version may have written it.
    static let leftOutMilliseconds: Int64 = 60_000

    /// - Parameters:
    ///   - due: the ranking, with the cut by which it is due.
    ///   - calendar: the periods of its board; nil if the board is not in the catalogue.
    ///   - isLeftOut: whether the catalogue leaves the board out.
    ///   - now: the time in ms since 1970.
    package init(_ due: DueRanking, calendar: BoardCalendar?, isLeftOut: Bool, now: Int64) {
        guard let calendar else {
            self = isLeftOut ? .reschedule(cut: max(due.cut, now) + Self.leftOutMilliseconds) : .drop
            return
        }
        let board = calendar.board
        guard let period = calendar.calendar(due.ranking.window)?.period(named: due.ranking.period) else {
            // The window is gone, or has other periods now. The cut tells when this one ended.
            let end = due.cut - board.graceMilliseconds
            self = .seal(board, Period(name: due.ranking.period, startsAt: nil, endsAt: end))
            return
        }
        guard let cut = period.cut(graceMilliseconds: board.graceMilliseconds) else {
            self = .reschedule(cut: nil)
            return
        }
        // The store says when the new cut is over: its clock decides.
        self = cut > due.cut ? .reschedule(cut: cut) : .seal(board, period)
    }
}
