/// The sums of one bucket of a ``TimeSeries``.
package protocol TimeSeriesBucket: Sendable {
    /// Nothing happened.
    init()
    /// Adds what happened in another one.
    mutating func add(_ other: Self)
}

/// The course of a run, in buckets of whole seconds. There are never more than ``bucketsMax``: in a long run they get
/// wider. Pure.
package struct TimeSeries<Bucket: TimeSeriesBucket>: Sendable {
    /// Enough for ten minutes, second by second; a day has buckets of 256 seconds.
    package static var bucketsMax: Int { 600 }

    /// The width of each bucket in seconds: a power of two.
    package fileprivate(set) var width = 1
    /// From the beginning of the traffic on.
    package fileprivate(set) var buckets: [Bucket] = []

    /// Nothing happened.
    package init() {}

    /// Something happened.
    ///
    /// - Parameters:
    ///   - time: since the beginning of the traffic.
    ///   - count: counts it in its bucket.
    package mutating func at(_ time: Duration, _ count: (inout Bucket) -> Void) {
        let second = max(Int(time.components.seconds), 0)
        while second / width >= Self.bucketsMax { widen() }
        let place = second / width
        while buckets.count <= place { buckets.append(Bucket()) }
        count(&buckets[place])
    }

    /// Adds what happened in another one.
    package mutating func add(_ other: TimeSeries) {
        var other = other
        while other.width < width { other.widen() }
        while width < other.width { widen() }
        while buckets.count < other.buckets.count { buckets.append(Bucket()) }
        for (place, bucket) in other.buckets.enumerated() { buckets[place].add(bucket) }
    }

    /// The same with other buckets.
    func map<Other>(_ body: (Bucket) -> Other) -> TimeSeries<Other> {
        var other = TimeSeries<Other>()
        other.width = width
        other.buckets = buckets.map(body)
        return other
    }

    private mutating func widen() {
        width *= 2
        buckets = stride(from: 0, to: buckets.count, by: 2).map { place in
            var bucket = buckets[place]
            if place + 1 < buckets.count { bucket.add(buckets[place + 1]) }
            return bucket
        }
    }
}
