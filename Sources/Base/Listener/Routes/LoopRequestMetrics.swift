import Metrics
import NIOHTTP1

/// Counts requests like ``RequestMetrics``, for one event loop and without a lock. Most requests of a loop are of the
/// same kind as the one before, so that one is kept at hand.
///
/// Not thread-safe: it belongs to its loop.
final class LoopRequestMetrics {
    private let metrics: RequestMetrics
    private var counters: [RequestMetrics.Key: Counter] = [:]
    private var timers: [String: Timer] = [:]
    private var last: (key: RequestMetrics.Key, counter: Counter, timer: Timer)?

    init(_ metrics: RequestMetrics) {
        self.metrics = metrics
    }

    func record(route: String, method: HTTPMethod, status: HTTPResponseStatus, nanoseconds: Int64) {
        let key = RequestMetrics.Key(route: route, method: .init(method), status: status.code)
        if let last, last.key.status == key.status, last.key.method == key.method, last.key.route == key.route {
            last.counter.increment()
            last.timer.recordNanoseconds(nanoseconds)
        } else {
            let counter = counters[key] ?? metrics.counter(key)
            let timer = timers[route] ?? metrics.timer(of: route)
            counters[key] = counter
            timers[route] = timer
            last = (key, counter, timer)
            counter.increment()
            timer.recordNanoseconds(nanoseconds)
        }
    }
}
