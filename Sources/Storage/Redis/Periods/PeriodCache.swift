import Leaderboard
import NIOConcurrencyHelpers
import RedisClient

/// Keeps the current period of each window that is asked for, because a calendar takes some microseconds for each.
///
/// It goes by the clock of the node. Redis decides with its own clock, and tells if another period is current. The
/// difference is kept with the window, so a clock that is wrong by minutes costs one more
/// question, and not one for each read.
final class PeriodCache: Sendable {
    private struct Entry {
        var current: CurrentPeriod
        /// How far Redis' clock is ahead of the node's, in ms.
        var lead: Int64
    }

    private struct State {
        var calendars: [String: BoardCalendar] = [:]
        var entries: [BoardWindow: Entry] = [:]
    }

    private let partitioning: Partitioning
    private let space: KeySpace
    private let now: @Sendable () -> Int64
    private let state = NIOLockedValueBox(State())
    /// The most windows in the cache. When it is full it is emptied, so that boards that are gone do not accumulate.
    private static let countMax = 4096

    /// - Parameter now: the node's clock, in ms since 1970.
    init(partitioning: Partitioning, in space: KeySpace, now: @escaping @Sendable () -> Int64) {
        self.partitioning = partitioning
        self.space = space
        self.now = now
    }

    /// The period that is probably current; nil if the board has no such window.
    func current(_ board: Board, _ window: Window) -> CurrentPeriod? {
        let now = now()
        return state.withLockedValue { state in
            let entry = state.entries[BoardWindow(board: board.id, window: window.name)]
            if let entry, entry.current.span.contains(now + entry.lead), entry.current.board == board {
                return entry.current
            }
            return add(board, window, at: now + (entry?.lead ?? 0), lead: entry?.lead ?? 0, to: &state)
        }
    }

    /// The period of a time that Redis told, in ms since 1970.
    func current(_ board: Board, _ window: Window, at time: Int64) -> CurrentPeriod? {
        let lead = time - now()
        return state.withLockedValue { add(board, window, at: time, lead: lead, to: &$0) }
    }

    private func add(
        _ board: Board, _ window: Window, at time: Int64, lead: Int64, to state: inout State
    ) -> CurrentPeriod? {
        if state.entries.count >= Self.countMax { state = State() }
        var calendar = state.calendars[board.id]
        if calendar?.board != board {
            calendar = BoardCalendar(board)
            state.calendars[board.id] = calendar
        }
        guard let period = calendar?.current(at: time, in: window.name) else { return nil }
        let current = CurrentPeriod(
            period, of: window, board: board, partition: partitioning.partition(of: board), in: space)
        state.entries[BoardWindow(board: board.id, window: window.name)] = Entry(current: current, lead: lead)
        return current
    }
}
