import Leaderboard
import NIOConcurrencyHelpers
import Storage

/// The last tops that the watchers of all windows were sent, by a feed as a gateway has it.
final class WatchedTops: Sendable {
    private let feed: RedisTopFeed
    private let tops = NIOLockedValueBox<[BoardWindow: Top]>([:])
    private let live = NIOLockedValueBox<Set<BoardWindow>>([])

    init(_ feed: RedisTopFeed) { self.feed = feed }

    /// Follows windows of a board, which keeps its partition. The rules of a later call replace those before.
    func follow(_ board: Board, windows: [String]) {
        for window in windows {
            let watched = BoardWindow(board: board.id, window: window)
            feed.watch(board, window: window) { [tops, live] event in
                switch event {
                case .changed(let top): tops.withLockedValue { $0[watched] = top }
                case .live: live.withLockedValue { _ = $0.insert(watched) }
                case .cut: live.withLockedValue { _ = $0.remove(watched) }
                }
            }
        }
    }

    /// Whether all messages about these windows have arrived since they were followed, and will from now on.
    func areLive(_ board: Board, windows: [String]) -> Bool {
        live.withLockedValue { $0.isSuperset(of: windows.map { BoardWindow(board: board.id, window: $0) }) }
    }

    /// The last top of each window.
    var last: [BoardWindow: Top] { tops.withLockedValue { $0 } }
}
