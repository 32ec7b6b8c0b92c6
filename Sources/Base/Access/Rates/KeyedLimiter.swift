import Basics

/// A coarse rate limit for each of very many keys, by ``GCRA``. Kept in memory, for one event loop; not thread-safe.
package final class KeyedLimiter<Key: Hashable> {
    @usableFromInline
    let gcra: GCRA
    /// The due times of the keys, in µs.
    @usableFromInline
    var dueTimes: [Key: Int64] = [:]

    /// Keys that are remembered at once. Past it those that have cooled down are forgotten, and if those are few, all:
    /// this limit cannot stop a flood from very many keys.
    @inlinable
    package static var keysMax: Int { 65_536 }

    /// - Parameter limit: requests of one key in a period, on this event loop.
    @inlinable
    package init(limit: RateLimit) {
        gcra = GCRA(microsecondsOf: limit)
    }

    /// Counts a request.
    ///
    /// - Parameters:
    ///   - key: the key to count it for.
    ///   - now: microseconds of any steady clock.
    /// - Returns: nil if it may pass, or after how many ms the next one may.
    @inlinable
    package func admit(_ key: Key, now: Int64) -> Int64? {
        let arrival = gcra.arrival(at: now, due: dueTimes[key] ?? now)
        guard arrival.conforms else { return (arrival.early + 999) / 1000 }
        if dueTimes.count >= Self.keysMax, dueTimes[key] == nil { forget(now: now) }
        dueTimes[key] = arrival.due
        return nil
    }

    @inlinable
    func forget(now: Int64) {
        dueTimes = dueTimes.filter { $0.value > now }
        // Half of the room at least, or whoever has that many keys makes every further request look through them all.
        if dueTimes.count > Self.keysMax / 2 { dueTimes.removeAll(keepingCapacity: true) }
    }
}
