import ScorecastClient

/// The state of one watcher, and its faults. Pure: it takes events and returns the figures to count.
package struct WatcherState: Sendable {
    /// The top that it shows.
    package private(set) var shown: ScoreboardState?
    /// The reason why it stopped, if the server ended it.
    package private(set) var refusal: String?
    private let name: String
    private var opens = 0
    /// The last message of this connection.
    private var last: (epoch: EpochName, version: Int64)?
    /// The highest version shown of each epoch.
    private var highest: [EpochName: Int64] = [:]
    /// The time since which it has got nothing although the board has a newer top.
    private var owedSince: ContinuousClock.Instant?
    /// The arrival of the last message, if it was news and not the first of a connection.
    package private(set) var news: Int64?

    /// - Parameter name: for reports.
    package init(name: String) { self.name = name }

    /// A connection is open.
    ///
    /// - Parameter time: since the beginning of the traffic; nil before it.
    package mutating func opened(_ tally: inout WatchTally, at time: Duration? = nil) {
        opens += 1
        last = nil
        tally.opens += 1
        guard opens > 1 else { return }
        tally.reconnects += 1
        if let time { tally.series.at(time) { $0.reconnects += 1 } }
    }

    /// A message about the top came.
    ///
    /// - Parameter time: since the beginning of the traffic; nil before it.
    package mutating func arrived(
        _ arrival: ScoreboardArrival, _ tally: inout WatchTally, at time: Duration? = nil
    ) {
        tally.frames[arrival.kind, default: 0] += 1
        tally.bytes += arrival.bytes
        if let last, last.epoch == EpochName(arrival.epoch), arrival.version <= last.version {
            tally.faults.add("\(name) got version \(arrival.version) after \(last.version)")
        }
        if arrival.outcome == .misfit {
            tally.faults.add("\(name) got a delta from version \(arrival.from ?? -1) that does not fit what it has")
        }
        // The first message of a connection has an older state.
        let isNews = last != nil && arrival.outcome == .changed
        last = (EpochName(arrival.epoch), arrival.version)
        news = isNews ? arrival.receivedAtMicroseconds : nil
        let staleness = arrival.receivedAtMicroseconds - arrival.at * 1000
        if isNews {
            tally.news += 1
            tally.staleness.record(staleness)
        }
        guard let time else { return }
        tally.series.at(time) { bucket in
            bucket.messages += 1
            if isNews { bucket.staleness.record(staleness) }
        }
    }

    /// It shows a newer top.
    package mutating func show(_ state: ScoreboardState, _ tally: inout WatchTally) {
        let epoch = EpochName(state.epoch)
        if let before = highest[epoch],
            state.version < before || (state.version == before && epoch == shown.map { EpochName($0.epoch) })
        {
            tally.faults.add("\(name) shows version \(state.version) after \(before)")
        }
        highest[epoch] = max(highest[epoch] ?? state.version, state.version)
        shown = state
        owedSince = nil
    }

    /// The board has this version. As long as the shown version is older and unchanged, that is staleness that no
    /// message shows.
    ///
    /// - Parameters:
    ///   - now: the time by a clock that only goes forward.
    ///   - time: since the beginning of the traffic; nil before it.
    package mutating func expect(
        _ epoch: String, _ version: Int64, at now: ContinuousClock.Instant, _ tally: inout WatchTally,
        inTraffic time: Duration? = nil
    ) {
        if let shown, EpochName(shown.epoch) == EpochName(epoch), shown.version >= version {
            owedSince = nil
        } else if let owedSince {
            let silence = (now - owedSince).microseconds
            tally.staleness.record(silence)
            if let time { tally.series.at(time) { $0.staleness.record(silence) } }
        } else {
            owedSince = now
        }
    }

    /// It has stopped.
    package mutating func end(_ reason: String) { refusal = reason }
}
