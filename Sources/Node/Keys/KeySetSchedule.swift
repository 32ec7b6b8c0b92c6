import Basics

/// Decides when a key set is fetched. Pure: moments are durations since some start, and random numbers come from the
/// caller.
package struct KeySetSchedule {
    private let times: KeySetTimes
    private var failures = 0
    /// The last moment that an unknown key asked for, which may be in the future.
    private var lastForUnknownKey: Duration?

    /// When to fetch. At once, to begin with.
    package private(set) var nextFetch = Duration.zero

    package init(_ times: KeySetTimes) { self.times = times }

    /// A token named a key that is not in the set: it may be new. While fetches fail, the next try comes soon anyway.
    package mutating func noteUnknownKey(at now: Duration) {
        guard failures == 0 else { return }
        let earliest = lastForUnknownKey.map { max(now, $0 + times.unknownKeyInterval) } ?? now
        guard earliest < nextFetch else { return }
        nextFetch = earliest
        lastForUnknownKey = earliest
    }

    /// The operator asked for a fetch.
    package mutating func isAskedFor(at now: Duration) { nextFetch = min(nextFetch, now) }

    /// A fetch brought a set that can be used.
    package mutating func succeeded(at now: Duration, using generator: inout some RandomNumberGenerator) {
        failures = 0
        nextFetch = now + times.interval * Double.random(in: 1 - times.jitter...1 + times.jitter, using: &generator)
    }

    /// A fetch failed.
    package mutating func failed(at now: Duration, using generator: inout some RandomNumberGenerator) {
        failures += 1
        nextFetch = now + times.retry.wait(failures: failures, using: &generator)
    }
}
