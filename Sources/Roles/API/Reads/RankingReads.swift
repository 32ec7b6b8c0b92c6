import HTTPKit
import Leaderboard
import Reporting

/// Answers questions about rankings: from the store of rankings, and for sealed periods from the archive.
final class RankingReads: Sendable {
    /// Gets the answer; called on any thread.
    typealias Completion = @Sendable (Result<RankingAnswer, StoreError>) -> Void

    private let reader: any LeaderboardReader
    private let archive: any Archive
    private let boards: any BoardStore
    private let trouble: TroubleLog
    private let horizon: PeriodHorizon

    /// - Parameters:
    ///   - reader: has the rankings of periods that are not archived.
    ///   - archive: has the others.
    ///   - boards: has the store's clock.
    ///   - horizon: decides which periods can be read.
    ///   - trouble: logs when rankings cannot be read.
    init(
        reader: any LeaderboardReader, archive: any Archive, boards: any BoardStore, horizon: PeriodHorizon,
        trouble: TroubleLog
    ) {
        self.reader = reader
        self.archive = archive
        self.boards = boards
        self.horizon = horizon
        self.trouble = trouble
    }

    /// Answers a question about the current period of a window.
    func current(_ question: RankingQuestion, board: Board, window: Window, _ completion: @escaping Completion) {
        read(question, board: board, window: window, period: .current, completion)
    }

    /// Answers a question about the ranking that a client asks for.
    func answer(_ question: RankingQuestion, _ choice: RankingChoice) async throws(APIError) -> RankingAnswer {
        try await answer(question, board: choice.board, window: choice.window, period: try await period(of: choice))
    }

    /// Answers a question about a period of a window.
    func answer(
        _ question: RankingQuestion, board: Board, window: Window, period: ReadPeriod = .current
    ) async throws(APIError) -> RankingAnswer {
        let result: Result<RankingAnswer, StoreError> = await withCheckedContinuation { continuation in
            read(question, board: board, window: window, period: period) {
                continuation.resume(returning: $0)
            }
        }
        do { return try result.get() } catch { throw .unavailable }
    }

    private func period(of choice: RankingChoice) async throws(APIError) -> ReadPeriod {
        guard choice.period != RankingRequest.currentPeriod else { return .current }
        let now: Int64
        do throws(StoreError) {
            now = try await boards.now()
        } catch {
            trouble.recordFailure(error)
            throw .unavailable
        }
        guard let period = horizon.period(choice.period, of: choice.board, window: choice.window, now: now) else {
            throw .unknownPeriod
        }
        return period
    }

    private func read(
        _ question: RankingQuestion, board: Board, window: Window, period: ReadPeriod,
        _ completion: @escaping Completion
    ) {
        reader.read(question, board: board, window: window, period: period) { [self] result in
            switch result {
            case .success(let answer):
                trouble.recordSuccess()
                guard answer.isSealed(board) else { return completion(result) }
                Task { completion(await archived(question, board: board, window: window, instead: answer)) }
            case .failure(let error):
                trouble.recordFailure(error)
                completion(result)
            }
        }
    }

    /// The archive's answer if it has the period. Otherwise the answer of the store of rankings, which still has the
    /// period or never had it. After the archive is written, that store may have a part of the ranking, or nothing.
    private func archived(
        _ question: RankingQuestion, board: Board, window: Window, instead answer: RankingAnswer
    ) async -> Result<RankingAnswer, StoreError> {
        do throws(StoreError) {
            let archived = try await archive.read(question, board: board, window: window, period: answer.period)
            return .success(archived ?? answer)
        } catch {
            trouble.recordFailure(error)
            return .failure(error)
        }
    }
}

extension RankingAnswer {
    /// Whether the period took nothing any more when it was read.
    fileprivate func isSealed(_ board: Board) -> Bool {
        period.state(at: at, graceMilliseconds: board.graceMilliseconds) == .sealed
    }
}
