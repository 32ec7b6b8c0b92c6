import Basics

/// A coarse rate limit for each of very many keys, by GCRA. Kept in memory, for one event loop; not thread-safe.
package final class KeyedLimiter<Key: Hashable> {
    @usableFromInline
    let interval: Int64
    @usableFromInline
    let tolerance: Int64
    @usableFromInline
    var arrivals: [Key: Int64] = [:]

    /// Keys that are remembered at once. Past it those that have cooled down are forgotten, and if those are few, all:
    /// a flood from very many keys is not what this limit can stop.
    @inlinable
    package static var keysMax: Int { 65_536 }

    /// - Parameter limit: requests of one key in a period, on this event loop.
    @inlinable
    package init(limit: RateLimit) {
        interval = limit.intervalMicroseconds
        tolerance = limit.toleranceMicroseconds
    }

    /// Counts a request.
    ///
    /// - Parameters:
    ///   - key: whose it is.
    ///   - now: microseconds of any steady clock.
    /// - Returns: nil when it may pass, or after how many ms the next one may.
    @inlinable
    package func admit(_ key: Key, now: Int64) -> Int64? {
        let arrival = max(arrivals[key] ?? now, now) + interval
        let early = arrival - now - tolerance
        guard early <= 0 else { return (early + 999) / 1000 }
        if arrivals.count >= Self.keysMax, arrivals[key] == nil { forget(now: now) }
        arrivals[key] = arrival
        return nil
    }

    @inlinable

    func forget(now: Int64) {
        arrivals = arrivals.filter { $0.value > now }
        // Half of the room at least, or whoever has that many keys makes every further request look through them all.
        if arrivals.count > Self.keysMax / 2 { arrivals.removeAll(keepingCapacity: true) }
    }
}
