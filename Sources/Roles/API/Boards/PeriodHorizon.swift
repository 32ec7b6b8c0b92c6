import Leaderboard
import NIOConcurrencyHelpers

/// How far back the periods of windows can be read: since the board was made, and at most `keep_periods` sealed ones.
///
/// The walk back can take thousands of steps, so its end is kept until the next period is sealed.
final class PeriodHorizon: Sendable {
    private struct Key: Hashable {
        let board: String
        let window: Window
        let timeZone: String
    }

    private struct Known {
        let unsealed: Period
        let keepPeriods: Int
        let createdAt: Int64
        let oldest: Period
    }

    private let known = NIOLockedValueBox<[Key: Known]>([:])

    /// Windows that are remembered at once.
    private static let knownMax = 1024

    /// The oldest period that can be read.
    ///
    /// - Parameters:
    ///   - window: a window of many periods.
    ///   - now: the store's time, in ms since 1970.
    func oldest(of board: Board, window: Window, calendar: PeriodCalendar, now: Int64) -> Period? {
        // A period in grace can be older than the board.
        let time = min(now, max(now - board.graceMilliseconds, board.createdAt))
        guard let unsealed = calendar.period(at: time) else { return nil }
        let key = Key(board: board.id, window: window, timeZone: board.timeZone)
        if let known = known.withLockedValue({ $0[key] }), known.unsealed == unsealed,
            known.keepPeriods == board.keepPeriods, known.createdAt == board.createdAt
        {
            return known.oldest
        }
        var oldest = unsealed
        for _ in 0..<board.keepPeriods {
            guard let start = oldest.startsAt, start > board.createdAt, let earlier = calendar.period(before: oldest)
            else { break }
            oldest = earlier
        }
        let found = Known(
            unsealed: unsealed, keepPeriods: board.keepPeriods, createdAt: board.createdAt, oldest: oldest)
        known.withLockedValue { known in
            if known.count >= Self.knownMax { known = [:] }
            known[key] = found
        }
        return found.oldest
    }

    /// The period that a client names, or the word for one; nil if there is none that can be read.
    ///
    /// - Parameters:
    ///   - text: `current`, `previous`, or a name.
    ///   - now: the store's time, in ms since 1970.
    func period(_ text: String, of board: Board, window: Window, now: Int64) -> ReadPeriod? {
        let calendar = BoardCalendar(board)
        guard text != RankingRequest.currentPeriod, let periods = calendar.calendar(window.name) else {
            return .current
        }
        // The only period of its window is always the current one.
        if window.hasOnePeriod { return text == window.name ? .current : nil }
        let asked =
            text == RankingRequest.previousPeriod
            ? periods.period(at: now).flatMap { periods.period(before: $0) } : periods.period(named: text)
        guard let asked, let start = asked.startsAt, start <= now,
            let oldest = oldest(of: board, window: window, calendar: periods, now: now),
            start >= oldest.startsAt ?? .min
        else { return nil }
        return .named(asked)
    }
}
