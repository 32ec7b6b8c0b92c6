import Leaderboard
import NIOConcurrencyHelpers

/// How far back the periods of windows can be read: since the board was made, and at most `keep_periods` sealed ones.
///
/// The walk back can take thousands of steps, so its end is kept. When further periods are sealed, it moves by as many
/// steps.
final class PeriodHorizon: Sendable {
    private struct Key: Hashable {
        let board: String
        let window: Window
        let timeZone: String
    }

    private struct Known {
        let keepPeriods: Int
        let createdAt: Int64
        /// The oldest period that is not sealed.
        private(set) var unsealed: Period
        private(set) var oldest: Period
        /// Sealed periods that can be read.
        private var sealed = 0

        /// More steps than this are not made one by one.
        private static let stepsMax = 64

        /// Walks back from the oldest period that is not sealed.
        init(of board: Board, unsealed: Period, calendar: PeriodCalendar) {
            (keepPeriods, createdAt) = (board.keepPeriods, board.createdAt)
            (self.unsealed, oldest) = (unsealed, unsealed)
            while sealed < keepPeriods, let start = oldest.startsAt, start > createdAt,
                let earlier = calendar.period(before: oldest)
            {
                oldest = earlier
                sealed += 1
            }
        }

        /// The same after some more periods were sealed; nil if `unsealed` is not one of the next periods.
        func advanced(to unsealed: Period, calendar: PeriodCalendar) -> Known? {
            guard let start = unsealed.startsAt, let end = self.unsealed.endsAt, end <= start else { return nil }
            var next = self
            for _ in 0..<Self.stepsMax where next.unsealed != unsealed {
                guard let later = next.unsealed.endsAt.flatMap(calendar.period(at:)) else { return nil }
                next.unsealed = later
                if next.sealed < keepPeriods {
                    next.sealed += 1
                } else {
                    guard let second = next.oldest.endsAt.flatMap(calendar.period(at:)) else { return nil }
                    next.oldest = second
                }
            }
            return next.unsealed == unsealed ? next : nil
        }
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
        var last = known.withLockedValue { $0[key] }
        if last?.keepPeriods != board.keepPeriods || last?.createdAt != board.createdAt { last = nil }
        if let last, last.unsealed == unsealed { return last.oldest }
        let found =
            last?.advanced(to: unsealed, calendar: calendar)
            ?? Known(of: board, unsealed: unsealed, calendar: calendar)
        known.withLockedValue { known in
            if known.count >= Self.knownMax, known[key] == nil { known = [:] }
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
