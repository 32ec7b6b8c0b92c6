import Leaderboard

/// Finds the rankings whose cut is earlier than before, because a season ends earlier or the grace is shorter. The
/// keeper looks at rankings only after the cut that the store has, so it would seal these too late. Pure.
///
/// A later cut needs no search: the keeper sees the ranking at the previous one.
package enum MovedCuts {
    /// Returns the rankings with an earlier cut than the store has, and this cut.
    ///
    /// - Parameters:
    ///   - waiting: the rankings that are not due yet, with the cuts that the store has.
    ///   - boards: the boards to look at, by id.
    package static func found(among waiting: [DueRanking], boards: [String: Board]) -> [DueRanking] {
        var calendars: [String: BoardCalendar] = [:]
        return waiting.compactMap { due in
            let id = due.ranking.board
            guard let board = boards[id] else { return nil }
            let calendar = calendars[id] ?? BoardCalendar(board)
            calendars[id] = calendar
            let period = calendar.calendar(due.ranking.window)?.period(named: due.ranking.period)
            guard let cut = period?.cut(graceMilliseconds: board.graceMilliseconds), cut < due.cut else { return nil }
            return DueRanking(ranking: due.ranking, cut: cut)
        }
    }
}
