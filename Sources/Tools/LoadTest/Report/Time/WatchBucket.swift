/// The messages and connections of watchers in one bucket.
package struct WatchBucket: TimeSeriesBucket {
    /// Messages about the top.
    package var messages = 0
    /// Connections that were made again.
    package var reconnects = 0
    /// As in ``WatchTally/staleness``.
    package var staleness = Distribution(.hundredth)

    /// Nothing happened.
    package init() {}

    /// Adds another one.
    package mutating func add(_ other: WatchBucket) {
        messages += other.messages
        reconnects += other.reconnects
        staleness.add(other.staleness)
    }
}
