import Basics
import Leaderboard
import RedisClient

/// Rankings read from Redis, through `lua/read.lua`.
public struct RedisLeaderboardReader: LeaderboardReader {
    private let redis: RedisClient
    private let partitioning: Partitioning
    private let space: KeySpace
    private let periods: PeriodCache

    /// The most questions for one answer. A rollover that is due needs a second one, and a clock of this node that
    /// differs from Redis' clock a third one.
    private static let triesMax = 4

    /// - Parameters:
    ///   - redis: a client that has `Scripts.all` registered.
    ///   - partitioning: maps boards to partitions.
    ///   - now: the node's clock, in ms since 1970. It gives a first guess; Redis' clock decides.
    public init(
        redis: RedisClient, partitioning: Partitioning,
        now: @escaping @Sendable () -> Int64 = { WallClock.milliseconds() }
    ) {
        self.redis = redis
        self.partitioning = partitioning
        space = KeySpace(redis.configuration)
        periods = PeriodCache(partitioning: partitioning, in: space, now: now)
    }

    /// See `LeaderboardReader`.
    public func read(
        _ question: RankingQuestion, board: Board, window: Window, period: ReadPeriod,
        completion: @escaping @Sendable (Result<RankingAnswer, StoreError>) -> Void
    ) {
        switch period {
        case .named(let period):
            let named = CurrentPeriod(
                period, of: window, board: board, partition: partitioning.partition(of: board), in: space)
            ask(RankingCall(question, named, mustBeCurrent: false), triesLeft: 1, completion)
        case .current:
            guard let current = periods.current(board, window) else {
                return completion(.failure(Self.noPeriod(board, window)))
            }
            ask(RankingCall(question, current, mustBeCurrent: true), triesLeft: Self.triesMax, completion)
        }
    }

    private func ask(
        _ call: RankingCall, triesLeft: Int,
        _ completion: @escaping @Sendable (Result<RankingAnswer, StoreError>) -> Void
    ) {
        guard triesLeft > 0 else {
            return completion(.failure(StoreError(.unavailable, "the current period changes while it is read")))
        }
        redis.evaluate(
            Scripts.read, keys: call.keyCount, { call.encode(to: &$0) }, argumentCount: call.argumentCount
        ) { result in
            do throws(StoreError) {
                switch try RankingReply(result, to: call) {
                case .answer(let answer): completion(.success(answer))
                case .moved(let time):
                    let (board, window) = (call.current.board, call.current.window)
                    guard let current = periods.current(board, window, at: time) else {
                        return completion(.failure(Self.noPeriod(board, window)))
                    }
                    ask(
                        RankingCall(call.question, current, mustBeCurrent: true), triesLeft: triesLeft - 1, completion)
                case .notTurned:
                    WindowTurn.send(call.current, on: redis) { turned in
                        if case .failure(let error) = turned { return completion(.failure(error)) }
                        ask(call, triesLeft: triesLeft - 1, completion)
                    }
                }
            } catch {
                completion(.failure(error))
            }
        }
    }

    private static func noPeriod(_ board: Board, _ window: Window) -> StoreError {
        StoreError(.corrupt, "board \(board.id) has no current period of window \(window.name)")
    }
}
