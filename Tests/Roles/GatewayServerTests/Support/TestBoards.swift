import Leaderboard
import NIOConcurrencyHelpers

/// Boards that tests change.
final class TestBoards: BoardSource {
    private struct State {
        var boards: [String: Board]?
        var followers: [@Sendable () -> Void] = []
    }

    private let state: NIOLockedValueBox<State>
    /// Whether a board exists for every id.
    private let isEndless: Bool

    /// - Parameter boards: the boards by id; nil while nothing is known.
    init(_ boards: [String: Board]? = [:], isEndless: Bool = false) {
        state = NIOLockedValueBox(State(boards: boards))
        self.isEndless = isEndless
    }

    /// Changes the boards, and tells followers.
    func change(_ change: (inout [String: Board]) -> Void) {
        let followers = state.withLockedValue { state in
            var boards = state.boards ?? [:]
            change(&boards)
            state.boards = boards
            return state.followers
        }
        for follower in followers { follower() }
    }

    /// Changes one board.
    func change(_ id: String, _ change: (inout Board) -> Void) {
        self.change { boards in
            var board = boards[id] ?? Board(id: id)
            change(&board)
            boards[id] = board
        }
    }

    var isKnown: Bool { state.withLockedValue { $0.boards != nil } }

    func board(_ id: String) -> Board? {
        isEndless ? Board(id: id) : state.withLockedValue { $0.boards?[id] }
    }

    func follow(_ changed: @escaping @Sendable () -> Void) {
        state.withLockedValue { $0.followers.append(changed) }
    }
}

/// A flag that tests change while others read it.
final class Flag: Sendable {
    private let value = NIOLockedValueBox(false)

    var isSet: Bool { value.withLockedValue { $0 } }

    func set(_ isSet: Bool) { value.withLockedValue { $0 = isSet } }
}
