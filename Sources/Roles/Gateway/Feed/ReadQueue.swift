import Leaderboard
import NIOCore

/// Reads tops, a few at a time, each within a time limit. Not thread-safe; lives on the home loop.
final class ReadQueue {
    typealias Answer = (Result<RankingAnswer, StoreError>) -> Void

    /// Reads in progress at once. Stops all windows from being read in one moment when a store comes back.
    private static let concurrentMax = 8
    /// The time after which a read is given up, whatever the reader does.
    private static let timeLimit = TimeAmount.seconds(5)

    private let reader: any LeaderboardReader
    private let home: any EventLoop
    private var waiting = CircularBuffer<(board: Board, window: Window, answer: Answer)>()
    private var open: [UInt64: (answer: Answer, timeout: Scheduled<Void>)] = [:]
    private var lastID: UInt64 = 0

    init(reader: any LeaderboardReader, home: any EventLoop) {
        self.reader = reader
        self.home = home
    }

    /// Reads the visible top of a window's current period; `answer` is called once, on the home loop.
    func top(of board: Board, _ window: Window, answer: @escaping Answer) {
        waiting.append((board, window, answer))
        startNext()
    }

    private func startNext() {
        guard open.count < Self.concurrentMax, let (board, window, answer) = waiting.popFirst() else { return }
        lastID += 1
        let id = lastID
        let timeout = home.assumeIsolated().scheduleTask(in: Self.timeLimit) { [weak self] in
            self?.end(id, .failure(StoreError(.unavailable, "no answer in time")))
            return
        }
        open[id] = (answer, timeout)
        let bound = NIOLoopBound(self, eventLoop: home)
        reader.read(.page(limit: board.top, after: nil), board: board, window: window, period: .current) {
            [home] result in
            home.execute { bound.value.end(id, result) }
        }
    }

    private func end(_ id: UInt64, _ result: Result<RankingAnswer, StoreError>) {
        guard let (answer, timeout) = open.removeValue(forKey: id) else { return }
        timeout.cancel()
        answer(result)
        startNext()
    }
}
