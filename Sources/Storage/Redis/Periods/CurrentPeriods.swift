import Leaderboard
import RedisClient

/// Finds the periods of a board that are current by Redis' clock, and turns its windows over to them.
struct CurrentPeriods: Sendable {
    let redis: RedisClient
    let partitioning: Partitioning
    let space: KeySpace

    /// Periods can begin in between, and a step of Redis' clock can come on top of that.
    static let triesMax = 4

    init(redis: RedisClient, partitioning: Partitioning) {
        self.redis = redis
        self.partitioning = partitioning
        space = KeySpace(redis.configuration)
    }

    /// Redis' time, in ms since 1970.
    func now() async throws(StoreError) -> Int64 {
        let reply: RESPValue
        do { reply = try await redis.command("TIME") } catch { throw StoreError(error) }
        guard let parts = reply.array, parts.count == 2, let seconds = parts[0].int64, let rest = parts[1].int64 else {
            throw StoreError(.corrupt, "TIME is malformed: \(reply)")
        }
        return seconds * 1000 + rest / 1000
    }

    /// The periods of a time, in ms since 1970.
    ///
    /// - Parameter partition: whose keys they get; nil for the board's own.
    func periods(
        _ board: Board, _ windows: [Window], at time: Int64, partition: Int? = nil
    ) throws(StoreError) -> [CurrentPeriod] {
        let calendar = BoardCalendar(board)
        var periods: [CurrentPeriod] = []
        for window in windows {
            periods.append(try period(calendar, window, at: time, partition: partition))
        }
        return periods
    }

    /// Turns windows over to their current periods, and returns these.
    ///
    /// - Parameter again: whether the tops get new versions in any case.
    func turned(
        _ board: Board, _ windows: [Window], again: Bool = false
    ) async throws(StoreError) -> [CurrentPeriod] {
        let calendar = BoardCalendar(board)
        let time = try await now()
        var periods: [CurrentPeriod] = []
        for window in windows {
            periods.append(
                try await turned(try period(calendar, window, at: time), window, calendar, again: again))
        }
        return periods
    }

    private func turned(
        _ first: CurrentPeriod, _ window: Window, _ calendar: BoardCalendar, again: Bool
    ) async throws(StoreError) -> CurrentPeriod {
        guard again || !first.stampedStart.isEmpty else { return first }
        var current = first
        for _ in 0..<Self.triesMax {
            let times = try await WindowTurn.run(current, again: again, on: redis)
            if current.span.contains(times.counting) { return current }
            current = try period(calendar, window, at: times.counting)
        }
        throw Self.changing
    }

    private func period(
        _ calendar: BoardCalendar, _ window: Window, at time: Int64, partition: Int? = nil
    ) throws(StoreError) -> CurrentPeriod {
        let board = calendar.board
        guard let period = calendar.current(at: time, in: window.name) else {
            throw StoreError(.corrupt, "board \(board.id) has no current period of window \(window.name)")
        }
        return CurrentPeriod(
            period, of: window, board: board, partition: partition ?? partitioning.partition(of: board), in: space)
    }

    static let changing = StoreError(.unavailable, "the current periods change all the time")
}
