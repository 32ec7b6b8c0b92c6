import Leaderboard

/// Finds the rankings whose cut came forward, because a season ends earlier or the grace is shorter. Nobody looks at
/// them before the cut that the store has, so they would be sealed too late. Pure.
///
/// A cut that moves back needs no search: its ranking comes up at the old one.
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
