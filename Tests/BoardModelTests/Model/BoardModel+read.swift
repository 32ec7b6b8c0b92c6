import Leaderboard

extension BoardModel {
    /// Answers a question about a period of a window.
    ///
    /// - Parameter period: nil for the current one.
    /// - Returns: the answer and the period; nil if the period does not run now, or never did.
    mutating func read(
        _ question: RankingQuestion, _ board: Board, window: String, period: Period?, at now: Int64
    ) -> (answer: ModelAnswer, period: Period)? {
        if period == nil, board.window(window)?.hasOnePeriod == false,
            let current = BoardCalendar(board).period(at: now, in: window)
        {
            versions[BoardWindow(board: board.id, window: window), default: ModelVersion()]
                .turnForReader(to: current.name)
        }
        guard let period = period ?? BoardCalendar(board).current(at: now, in: window) else { return nil }
        let ranking = Ranking(board: board.id, window: window, period: period.name)
        let content = archives[ranking] ?? self.ranking(ranking, period: period, of: board)
        return (content.answer(question), period)
    }

    /// Takes a version that a store has answered for the current period. Returns whether it is possible.
    mutating func observe(_ version: Int64, of window: BoardWindow) -> Bool {
        versions[window, default: ModelVersion()].observe(version)
    }

    /// The times after one at which a period begins or ends, or is sealed. Between two of them the time makes no
    /// difference.
    func nextBoundary(after now: Int64) -> Int64 {
        var times: [Int64] = []
        for board in boards.values {
            let calendar = BoardCalendar(board)
            for window in board.windows {
                var periods = rankings.filter { $0.key.board == board.id && $0.key.window == window.name }
                    .map(\.value.period)
                periods += [calendar.period(at: now, in: window.name), calendar.current(at: now, in: window.name)]
                    .compactMap { $0 }
                for period in periods {
                    times += [period.startsAt, period.endsAt, period.cut(graceMilliseconds: board.graceMilliseconds)]
                        .compactMap { $0 }
                }
            }
        }
        return times.filter { $0 > now }.min() ?? .max
    }
}
