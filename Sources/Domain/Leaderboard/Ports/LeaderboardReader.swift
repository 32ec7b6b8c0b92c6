/// Reads rankings. It calls back instead of suspending, on the event loop of the caller.
public protocol LeaderboardReader: Sendable {
    /// Answers a question about one ranking, in one step of the store.
    ///
    /// If `period` is `current`, the store's clock decides which one that is, and a rollover that is due is made first.
    /// So the answer is never of a period that is over.
    ///
    /// - Parameters:
    ///   - board: the board.
    ///   - window: one of its windows.
    ///   - period: which period.
    func read(
        _ question: RankingQuestion, board: Board, window: Window, period: ReadPeriod,
        completion: @escaping @Sendable (Result<RankingAnswer, StoreError>) -> Void)
}

/// Which period of a window is read.
public enum ReadPeriod: Hashable, Sendable {
    /// The one that runs now; for a season its only one.
    case current
    /// This one.
    case named(Period)
}

extension LeaderboardReader {
    /// Answers a question; see ``read(_:board:window:period:completion:)``.
    public func read(
        _ question: RankingQuestion, board: Board, window: Window, period: ReadPeriod = .current
    ) async throws(StoreError) -> RankingAnswer {
        let result: Result<RankingAnswer, StoreError> = await withCheckedContinuation { continuation in
            read(question, board: board, window: window, period: period) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }
}
