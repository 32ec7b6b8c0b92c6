import Leaderboard
import NIOConcurrencyHelpers

/// A store of tops and its feed, in memory, with a clock that tests set.
final class TestStore: TopFeed, LeaderboardReader {
    fileprivate struct State {
        var tops: [BoardWindow: Top] = [:]
        /// The periods that the versions count, as in the real store.
        var stamps: [BoardWindow: String] = [:]
        var watchers: [BoardWindow: @Sendable (TopEvent) -> Void] = [:]
        var now: @Sendable () -> Int64 = { TestGateway.now }
        var isLive = true
        var isReadable = true
        var beforeAnswer: (@Sendable () -> Void)?
        var calls: [String] = []
        var limits: [String: [Int]] = [:]
    }

    private let state = NIOLockedValueBox(State())

    init() {
        set(version: 1, tell: false)
    }

    // MARK: The store's side

    /// Changes the top of a window, and tells the feed's watchers if `tell`.
    func set(
        _ board: String = "global", window: String = "all", period: String = "all", epoch: String = "e1",
        version: Int64, users: Int = 3, tell: Bool = true
    ) {
        let entries = (0..<users).map {
            LeaderboardEntry(rank: Int64($0 + 1), userID: "user-\($0)", score: version * 1000 - Int64($0))
        }
        let top = Top(
            epoch: epoch, version: version, at: 1_790_000_000_000 + version, period: period, entries: entries)
        let followed = BoardWindow(board: board, window: window)
        state.withLockedValue { state in
            state.tops[followed] = top
            if version > 0 { state.stamps[followed] = period }
        }
        if tell { self.tell(.changed(top), board: board, window: window) }
    }

    /// Sends an event to the watchers of a window.
    func tell(_ event: TopEvent, board: String = "global", window: String = "all") {
        state.withLockedValue { state in
            switch event {
            case .cut: state.isLive = false
            case .live: state.isLive = true
            case .changed: break
            }
            return state.watchers[BoardWindow(board: board, window: window)]
        }?(event)
    }

    /// Cuts the feed, or makes it live again, and tells every watcher.
    func setLive(_ isLive: Bool) {
        let watchers = state.withLockedValue { state in
            state.isLive = isLive
            return Array(state.watchers.values)
        }
        for watcher in watchers { watcher(isLive ? .live : .cut) }
    }

    /// Lets reads fail from now on, or succeed again.
    func setReadable(_ isReadable: Bool) { state.withLockedValue { $0.isReadable = isReadable } }

    /// Replaces the clock: ms since 1970.
    func setClock(_ now: @escaping @Sendable () -> Int64) { state.withLockedValue { $0.now = now } }

    /// Runs `body` once in the next read, after the store has read the top and before it answers.
    func inNextRead(_ body: @escaping @Sendable () -> Void) { state.withLockedValue { $0.beforeAnswer = body } }

    /// The calls for a board, in order.
    var calls: [String] { state.withLockedValue { $0.calls } }

    /// The numbers of entries of a board that were asked for, in order.
    func limits(_ board: String) -> [Int] { state.withLockedValue { $0.limits[board] ?? [] } }

    func isWatched(_ board: String, window: String = "all") -> Bool {
        state.withLockedValue { $0.watchers[BoardWindow(board: board, window: window)] != nil }
    }

    // MARK: The gateway's side

    func watch(_ board: Board, window: String, onEvent: @escaping @Sendable (TopEvent) -> Void) {
        state.withLockedValue {
            $0.watchers[BoardWindow(board: board.id, window: window)] = onEvent
            $0.calls.append("watch \(board.id)")
        }
    }

    func unwatch(_ board: Board, window: String) {
        state.withLockedValue {
            $0.watchers[BoardWindow(board: board.id, window: window)] = nil
            $0.calls.append("unwatch \(board.id) of \(board.group)")
        }
    }

    var isLive: Bool { state.withLockedValue { $0.isLive } }

    func read(
        _ question: RankingQuestion, board: Board, window: Window, period: ReadPeriod,
        completion: @escaping @Sendable (Result<RankingAnswer, StoreError>) -> Void
    ) {
        let followed = BoardWindow(board: board.id, window: window.name)
        let (hook, now, isReadable) = state.withLockedValue { state in
            state.calls.append("read \(board.id)")
            if case .page(let limit, nil) = question { state.limits[board.id, default: []].append(limit) }
            defer { state.beforeAnswer = nil }
            return (state.beforeAnswer, state.now(), state.isReadable)
        }
        guard isReadable, let current = BoardCalendar(board).current(at: now, in: window.name) else {
            return completion(.failure(StoreError(.unavailable, "not now")))
        }
        // A rollover that nobody has made yet is made first.
        let turned = state.withLockedValue { $0.turn(followed, to: current, at: now) }
        turned?()
        guard let top = state.withLockedValue({ $0.tops[followed] }) else {
            return completion(.failure(StoreError(.unavailable, "not now")))
        }
        hook?()
        let entries = top.entries.enumerated().map {
            PlacedEntry(entry: $0.element, place: Int64($0.offset) + 1, better: $0.element.rank - 1)
        }
        completion(
            .success(
                RankingAnswer(
                    epoch: top.epoch, version: top.version, at: now, period: current, total: Int64(entries.count),
                    entries: entries)))
    }
}

extension TestStore.State {
    /// Makes a period the current one of a window.
    ///
    /// - Returns: tells the watcher, if the top has changed.
    fileprivate mutating func turn(
        _ followed: BoardWindow, to period: Period, at now: Int64
    ) -> (() -> Void)? {
        guard var top = tops[followed], stamps[followed] != period.name else { return nil }
        if stamps[followed] == nil, top.version == 0 {
            stamps[followed] = period.name
            tops[followed]?.period = period.name
            return nil
        }
        stamps[followed] = period.name
        top = Top(epoch: top.epoch, version: top.version + 1, at: now, period: period.name, entries: [])
        tops[followed] = top
        return watchers[followed].map { watcher in { [top] in watcher(.changed(top)) } }
    }
}
