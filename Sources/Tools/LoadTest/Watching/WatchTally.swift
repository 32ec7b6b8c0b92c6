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
