/// The two time series of a run, joined, in numbers.
package struct Timeline: Sendable, Equatable {
    /// Three percentiles, in milliseconds.
    package struct Spread: Sendable, Equatable {
        package var p50: Double
        package var p99: Double
        package var max: Double

        package init(p50: Double, p99: Double, max: Double) {
            self.p50 = p50
            self.p99 = p99
            self.max = max
        }

        /// nil if nothing was measured.
        init?(_ values: Distribution) {
            guard let p50 = values.percentile(0.5), let p99 = values.percentile(0.99), let max = values.percentile(1)
            else {
                return nil
            }
            self.init(p50: Double(p50) / 1000, p99: Double(p99) / 1000, max: Double(max) / 1000)
        }
    }

    /// The events from `second` on, for ``Timeline/width`` seconds.
    package struct Point: Sendable, Equatable {
        package var second: Int
        package var sent = 0
        package var accepted = 0
        package var failed = CodeCounts()
        package var latency: Spread?
        package var messages = 0
        package var reconnects = 0
        package var staleness: Spread?

        package init(second: Int) { self.second = second }
    }

    /// The seconds that each point covers.
    package let width: Int
    /// In order, without a gap.
    package let points: [Point]

    /// Nothing happened.
    package init() { (width, points) = (1, []) }

    /// Joins them.
    package init(_ updates: TimeSeries<UpdateBucket>, _ watching: TimeSeries<WatchBucket>) {
        var both = updates.map { Pair(updates: $0, watching: WatchBucket()) }
        both.add(watching.map { Pair(updates: UpdateBucket(), watching: $0) })
        width = both.width
        points = both.buckets.enumerated().map { [width] place, pair in
            var point = Point(second: place * width)
            (point.sent, point.accepted, point.failed) = (pair.updates.sent, pair.updates.accepted, pair.updates.failed)
            (point.messages, point.reconnects) = (pair.watching.messages, pair.watching.reconnects)
            (point.latency, point.staleness) = (Spread(pair.updates.latency), Spread(pair.watching.staleness))
            return point
        }
    }

    /// A bucket of both.
    private struct Pair: TimeSeriesBucket {
        var updates = UpdateBucket()
        var watching = WatchBucket()

        init() {}

        init(updates: UpdateBucket, watching: WatchBucket) {
            self.updates = updates
            self.watching = watching
        }

        mutating func add(_ other: Pair) {
            updates.add(other.updates)
            watching.add(other.watching)
        }
    }
}
