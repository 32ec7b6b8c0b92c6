import Leaderboard
import NIOCore

/// Reads tops, a few at a time, each within a time limit. Not thread-safe; lives on the home loop.
final class ReadQueue {
    typealias Answer = (Result<Top, StoreError>) -> Void

    /// Reads in progress at once. Stops all rankings from being read in one moment when a store comes back.
    private static let concurrentMax = 8
    /// The time after which a read is given up, whatever the reader does.
    private static let timeLimit = TimeAmount.seconds(5)

    private let reader: any LeaderboardReader
    private let home: any EventLoop
    private var waiting = CircularBuffer<(board: Board, ranking: Ranking, answer: Answer)>()
    private var open: [UInt64: (answer: Answer, timeout: Scheduled<Void>)] = [:]
    private var lastID: UInt64 = 0

    init(reader: any LeaderboardReader, home: any EventLoop) {
        self.reader = reader
        self.home = home
    }

    /// Reads the visible top of a ranking; `answer` is called once, on the home loop.
    func page(of board: Board, _ ranking: Ranking, answer: @escaping Answer) {
        waiting.append((board, ranking, answer))
        startNext()
    }

    private func startNext() {
        guard open.count < Self.concurrentMax, let (board, ranking, answer) = waiting.popFirst() else { return }
        lastID += 1
        let (id, home, reader) = (lastID, home, reader)
        let timeout = home.assumeIsolated().scheduleTask(in: Self.timeLimit) { [weak self] in
            self?.end(id, .failure(StoreError(.unavailable, "no answer in time")))
            return
        }
        open[id] = (answer, timeout)
        let bound = NIOLoopBound(self, eventLoop: home)
        Task {
            let result: Result<Top, StoreError>
            do throws(StoreError) {
                let page = try await reader.page(of: board, ranking: ranking, limit: board.top, after: nil)
                result = .success(page.top)
            } catch {
                result = .failure(error)
            }
            home.execute { bound.value.end(id, result) }
        }
    }

    private func end(_ id: UInt64, _ result: Result<Top, StoreError>) {
        guard let (answer, timeout) = open.removeValue(forKey: id) else { return }
        timeout.cancel()
        answer(result)
        startNext()
    }
}
