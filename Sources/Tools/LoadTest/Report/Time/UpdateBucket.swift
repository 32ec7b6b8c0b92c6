/// Requests in one bucket.
package struct UpdateBucket: TimeSeriesBucket {
    /// Requests that were sent; further attempts do not count again.
    package var sent = 0
    /// New action ids that were accepted.
    package var accepted = 0
    /// Attempts that failed, by code, those included that a later attempt made good.
    package var failed = CodeCounts()
    /// From when a request was due to the answer that settled it, in microseconds; counted when that came.
    package var latency = Distribution(.hundredth)

    /// Nothing happened.
    package init() {}

    /// Adds another one.
    package mutating func add(_ other: UpdateBucket) {
        sent += other.sent
        accepted += other.accepted
        failed.add(other.failed)
        latency.add(other.latency)
    }
}
