import ScorecastClient

/// The sums over the watchers of one event loop.
package struct WatchTally: Sendable {
    /// Handshakes that were done.
    package var opens = 0
    /// Of these, handshakes after the first one of their watcher.
    package var reconnects = 0
    /// Messages about the top, by type.
    package var frames: [ScoreboardArrival.Kind: Int] = [:]
    /// Their bytes.
    package var bytes = 0
    /// Attempts and connections that ended, by reason.
    package var losses = CodeCounts()
    /// Messages about a change; first messages of connections left out.
    package var news = 0
    /// The number of times that a server told a watcher that it receives no changes (`stale`), and that it receives
    /// them again (`current`).
    package var stales = 0
    package var currents = 0
    /// Versions that went back, and other breaches of the protocol.
    package var faults = Differences()
    /// From the commit of a change to its arrival, in microseconds; first messages of connections left out. It also has
    /// the time for which a watcher got nothing although there was a newer top, for each time that this was checked.
    package var staleness = Distribution()

    /// The course of the run, during the traffic and after it. Not part of ``add(_:)``.
    package var series = TimeSeries<WatchBucket>()

    /// Nothing happened.
    package init() {}

    /// Adds the sums of other watchers.
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
