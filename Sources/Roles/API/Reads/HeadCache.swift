import Access
import HTTPKit
import Leaderboard
import NIOConcurrencyHelpers

/// The heads of current rankings, shared by all event loops: the first page, for all limits up to 100.
///
/// A head is shown for 50 ms, unless this node has answered an update of its board since the read began. So a client
/// sees its own updates, and Redis gets one read at a time for each head.
///
/// Each waiter is a request on a connection of its own, so there are no more than the listener has connections. A read
/// ends within the timeouts of the stores.
package final class HeadCache: Sendable {
    /// Gets the head, or why it could not be read; called on any thread.
    typealias Completion = @Sendable (Result<HeadSnapshot, StoreError>) -> Void
    /// Reads a head, and calls back on any thread.
    typealias Read =
        @Sendable (
            _ board: Board, _ window: Window,
            _ completion: @escaping @Sendable (Result<RankingAnswer, StoreError>) -> Void
        ) -> Void

    private struct Waiter: Sendable {
        let board: Board
        let window: Window
        let completion: Completion
    }

    private typealias State = HeadState<HeadSnapshot, Waiter>

    private let read: Read
    private let now: @Sendable () -> Int64
    private let marks = HeadMarks()
    private let heads = NIOLockedValueBox<[BoardWindow: State]>([:])

    /// The entries of a head: as many as the greatest top.
    package static let entriesMax = 100
    /// Heads that are kept at once. Each holds up to 100 entries and some answers.
    private static let headsMax = 1024

    /// - Parameters:
    ///   - now: steady time in microseconds.
    ///   - read: reads the first ``entriesMax`` entries of a current ranking.
    init(now: @escaping @Sendable () -> Int64 = { SteadyTime.microseconds }, read: @escaping Read) {
        self.read = read
        self.now = now
    }

    /// Notes that this node has changed a board. Heads whose read began before are not shown any more. Call it before
    /// the change is answered.
    func outdate(_ board: String) { marks.advance(board) }

    /// Gives the head of a current ranking; `completion` is called once.
    func head(of board: Board, window: Window, _ completion: @escaping Completion) {
        let key = BoardWindow(board: board.id, window: window.name)
        let now = beginning(of: board)
        let step = heads.withLockedValue { heads in
            if heads.count >= Self.headsMax, heads[key] == nil { heads = heads.filter { !$1.isIdle } }
            return heads[key, default: State()].ask(now, Waiter(board: board, window: window, completion: completion))
        }
        switch step {
        case .show(let head): completion(.success(head))
        case .read: begin(key, board, window)
        case .wait: break
        }
    }

    private func beginning(of board: Board) -> State.Beginning {
        State.Beginning(at: now(), mark: marks.value(of: board.id), generation: board.generation)
    }

    private func begin(_ key: BoardWindow, _ board: Board, _ window: Window) {
        read(board, window) { [self] result in
            let head = result.map { HeadSnapshot($0, of: board, window: window) }
            let (waiters, next) = heads.withLockedValue { heads in
                heads[key, default: State()].finish(try? head.get()) { beginning(of: $0.board) }
            }
            // The next read begins before the waiters of this one are answered.
            if let next { begin(key, next.board, next.window) }
            for waiter in waiters { waiter.completion(head) }
        }
    }
}
