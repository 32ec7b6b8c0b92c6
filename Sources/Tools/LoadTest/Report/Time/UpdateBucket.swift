/// Requests in one bucket.
package struct UpdateBucket: TimeSeriesBucket {
    /// Requests that were sent; further attempts do not count again.
    package var sent = 0
    /// New action ids that were accepted.
    package var accepted = 0
    /// Attempts that failed, by code, also if a later attempt succeeded.
    package var failed = CodeCounts()
    /// From the time when a request was due to the answer that gave its outcome, in microseconds; counted when that
    /// answer came.
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
