import Basics
import HTTPKit
import Leaderboard
import NIOCore
import StrictJSON

/// `GET /boards/{id}/periods`: the periods of a window that can be read, newest first.
struct PeriodList: Sendable {
    let boards: any BoardStore
    let archive: any Archive
    let horizon: PeriodHorizon
    let catalogue: any CatalogueSource

    /// One period of the list.
    private struct Row {
        let period: Period
        let state: Period.State
        let entries: Int64
        let checksum: String?
    }

    /// A page of the list.
    func page(of board: Board, uri: String) async throws(APIError) -> Reply {
        let query = try PeriodQuery(uri: uri)
        guard let window = query.window.map(board.window) ?? board.windows.first else { throw .unknownWindow }
        let startOfLast = try query.startOfLast(in: window)
        let rows: [Row]
        let next: String?
        do throws(StoreError) {
            let now = try await boards.now()
            let periods = periods(of: board, window, before: startOfLast, count: query.limit + 1, now: now)
            let shown = Array(periods.prefix(query.limit))
            next = periods.count > shown.count ? shown.last.flatMap { PeriodQuery.cursor(after: $0, of: window) } : nil
            rows = try await self.rows(of: board, window, shown, now: now)
        } catch {
            catalogue.recordFailure(error)
            throw .unavailable
        }
        return .json { json in
            json.beginObject()
            json.list("periods", rows) { Self.write($0, of: window, to: &$1) }
            json.key("next")
            if let next { json.string(next) } else { json.null() }
            json.endObject()
        }
    }

    /// The newest periods that can be read.
    ///
    /// - Parameter end: only periods that begin before this time, in ms since 1970; nil for all that have begun.
    private func periods(of board: Board, _ window: Window, before end: Int64?, count: Int, now: Int64) -> [Period] {
        guard let calendar = BoardCalendar(board).calendar(window.name) else { return [] }
        if window.hasOnePeriod {
            return end == nil ? [calendar.period(named: window.name)].compactMap { $0 } : []
        }
        guard let oldest = horizon.oldest(of: board, window: window, calendar: calendar, now: now)?.startsAt else {
            return []
        }
        var periods: [Period] = []
        var next = calendar.period(at: min(now, end.map { $0 - 1 } ?? now))
        while let period = next, let start = period.startsAt, start >= oldest, periods.count < count {
            periods.append(period)
            next = calendar.period(before: period)
        }
        return periods
    }

    /// Reads the counts of Redis before the archive, since a period may move from Redis to the archive in between.
    private func rows(
        of board: Board, _ window: Window, _ periods: [Period], now: Int64
    ) async throws(StoreError) -> [Row] {
        guard !periods.isEmpty else { return [] }
        let states = periods.map { $0.state(at: now, graceMilliseconds: board.graceMilliseconds) }
        let counts = try await boards.counts(board, window: window, periods: periods)
        let sealed = zip(periods, states).filter { $1 == .sealed }.map(\.0.name)
        let archived =
            sealed.isEmpty ? [] : try await archive.periods(board: board.id, window: window.name, names: sealed)
        let byName = Dictionary(archived.map { ($0.ranking.period, $0) }) { first, _ in first }
        return periods.indices.map { index in
            let found = byName[periods[index].name]
            return Row(
                period: periods[index], state: states[index],
                entries: found?.entries ?? (counts.indices.contains(index) ? counts[index] : 0),
                checksum: found?.checksum)
        }
    }

    private static func write(_ row: Row, of window: Window, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("window", window.name)
        json.member("period", row.period.name)
        for (key, time) in [("starts_at", row.period.startsAt), ("ends_at", row.period.endsAt)]
            as [(StaticString, Int64?)]
        {
            json.key(key)
            if let time { json.string(Timestamp.text(milliseconds: time)) } else { json.null() }
        }
        json.member("state", row.state.rawValue)
        json.member("entries", row.entries)
        json.key("checksum")
        if let checksum = row.checksum { json.string(checksum) } else { json.null() }
        json.endObject()
    }
}
