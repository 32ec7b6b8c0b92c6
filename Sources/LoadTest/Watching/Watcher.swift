import ScorecastClient

/// What the watchers of one event loop have in common.
package struct WatchTally: Sendable {
    /// Handshakes that were done.
    package var opens = 0
    /// Of these, those after the first one of their watcher.
    package var reconnects = 0
    /// Messages about the standings, by type.
    package var frames: [ScoreboardArrival.Kind: Int] = [:]
    /// Their bytes.
    package var bytes = 0
    /// Attempts and connections that ended, by reason.
    package var losses = CodeCounts()
    /// Messages that told of a change; first messages of connections left out.
    package var news = 0
    /// Times that a server told a watcher that it receives no changes (`stale`), and that it does again (`current`).
    package var stales = 0
    package var currents = 0
    /// Versions that went back, and what else the protocol does not allow.
    package var faults = Differences()
    /// From the commit of a change to its arrival, in microseconds; first messages of connections left out. Also how
    /// long a watcher has been silent that was owed a newer top, as often as that was looked at.
    package var staleness = Distribution()

    /// What happened when, during the traffic and after it. Not part of ``add(_:)``.
    package var series = TimeSeries<WatchBucket>()

    /// Nothing happened.
    package init() {}

    /// Adds what others have seen.
    package mutating func add(_ other: WatchTally) {
        opens += other.opens
        reconnects += other.reconnects
        frames.merge(other.frames, uniquingKeysWith: +)
        bytes += other.bytes
        losses.add(other.losses)
        news += other.news
        stales += other.stales
        currents += other.currents
        faults.add(other.faults)
        staleness.add(other.staleness)
    }
}

/// Messages by type.
struct ScoreboardFrames {
    let snapshots: Int
    let updates: Int
    let deltas: Int
    var all: Int { snapshots + updates + deltas }

    init(_ tally: WatchTally) {
        snapshots = tally.frames[.snapshot] ?? 0
        updates = tally.frames[.update] ?? 0
        deltas = tally.frames[.delta] ?? 0
    }
}

/// What one watcher has seen, and what is wrong with it. Pure: told events, it gives what is to be counted.
package struct WatcherState: Sendable {
    /// The top that it shows.
    package private(set) var shown: ScoreboardState?
    /// Why it follows no more, where the server said so.
    package private(set) var refusal: String?
    private let name: String
    private var opens = 0
    /// The last message of this connection.
    private var last: (epoch: EpochName, version: Int64)?
    /// The highest version shown of each epoch.
    private var highest: [EpochName: Int64] = [:]
    /// Since when it has been silent though the board has a newer top.
    private var owedSince: ContinuousClock.Instant?
    /// When the last message came, if it was news and not the first of a connection.
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

    /// A message about the standings came.
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
        // The first message of a connection brings what was there before.
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

    /// The board has this version: as long as what is shown is older, and stays as it is, that is staleness which no
    /// message tells of.
    ///
    /// - Parameters:
    ///   - now: by the clock that only goes forward.
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

    /// It follows no more.
    package mutating func end(_ reason: String) { refusal = reason }
}
