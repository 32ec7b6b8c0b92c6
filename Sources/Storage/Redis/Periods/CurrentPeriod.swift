import Leaderboard

/// A period as the scripts take the current one, and the keys of its ranking. Immutable and shared.
final class CurrentPeriod: Sendable {
    let board: Board
    let window: Window
    let period: Period
    let keys: BoardKeys
    /// The start in ms since 1970, as text; empty if the period never ends, since then Redis does not keep which one is
    /// current.
    let stampedStart: String
    /// The times at which reads and watchers call it current, in ms since 1970. The only period of a season is always
    /// that.
    let span: Range<Int64>

    /// Numbers are exact in scripts up to here.
    private static let always = ScoreBounds.min..<ScoreBounds.max

    init(_ period: Period, of window: Window, board: Board, partition: Int, in space: KeySpace) {
        self.board = board
        self.window = window
        self.period = period
        keys = BoardKeys(
            Ranking(board: board.id, window: window.name, period: period.name), partition: partition, in: space)
        stampedStart = period.endsAt == nil ? "" : String(period.startsAt ?? 0)
        let own = (period.startsAt ?? Self.always.lowerBound)..<(period.endsAt ?? Self.always.upperBound)
        span = window.hasOnePeriod ? Self.always : own
    }
}
