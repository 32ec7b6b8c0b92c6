import Leaderboard

/// Decides when to turn each window over to its next period. Pure.
///
/// The times are those of the store's clock, which decides. Each answer of the store tells how far it differs from the
/// node's clock.
package struct TurnSchedule {
    /// A window that is to be turned over to a period.
    package struct Turn: Hashable {
        /// The board.
        package let board: Board
        /// The window.
        package let window: Window
        /// The period.
        package let period: Period
    }

    private struct Key: Hashable {
        let board: String
        let window: String
    }

    private struct Entry {
        let calendar: BoardCalendar
        let window: Window
        /// When to turn, in ms since 1970; nil if never again.
        var next: Int64?
    }

    private var entries: [Key: Entry] = [:]
    /// How far the store's clock is ahead of the node's, in ms.
    private var offset: Int64 = 0

    /// Creates a schedule without windows.
    package init() {}

    /// Replaces the boards. New windows, and windows of which the periods changed, are turned at once: nobody may have
    /// done so.
    ///
    /// - Parameter now: the node's time in ms since 1970.
    package mutating func follow(_ boards: some Sequence<Board>, now: Int64) {
        var new: [Key: Entry] = [:]
        for board in boards where !board.windows.allSatisfy({ $0.kind == .all }) {
            let calendar = BoardCalendar(board)
            for window in board.windows where window.kind != .all {
                let key = Key(board: board.id, window: window.name)
                var entry = Entry(calendar: calendar, window: window, next: now + offset)
                if let old = entries[key], old.calendar.board.generation == board.generation, old.window == window {
                    entry.next = old.next
                }
                new[key] = entry
            }
        }
        entries = new
    }

    /// The turns that are due. After a pause only the present period of each window is.
    ///
    /// - Parameter now: the node's time in ms since 1970.
    package mutating func due(at now: Int64) -> [Turn] {
        let now = now + offset
        var due: [Turn] = []
        for (key, entry) in entries {
            guard let next = entry.next, next <= now else { continue }
            if let period = entry.calendar.period(at: now, in: entry.window.name) {
                due.append(Turn(board: entry.calendar.board, window: entry.window, period: period))
            } else if case .season(let start, _) = entry.window.kind, now < start {
                entries[key]?.next = start
            } else {
                entries[key]?.next = nil
            }
        }
        return due
    }

    /// Records that the store answered a turn.
    ///
    /// - Parameters:
    ///   - storeTime: the store's time in ms since 1970.
    ///   - now: the node's time then.
    package mutating func done(_ turn: Turn, storeTime: Int64, now: Int64) {
        offset = storeTime - now
        let key = Key(board: turn.board.id, window: turn.window.name)
        // If the store's clock has not reached the period, the store did nothing, and is in another one.
        let isEarly = storeTime < turn.period.startsAt ?? .min
        entries[key]?.next = isEarly ? storeTime : turn.period.endsAt
    }

    /// The node's time of the next turn, in ms since 1970; nil if there is none.
    package var next: Int64? { entries.values.compactMap(\.next).min().map { $0 - offset } }
}
