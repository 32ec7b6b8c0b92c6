import Leaderboard
import Listener
import Metrics
import NIOCore

/// A coarse rate limit for each client address, before any cryptography: what one address can cost a node is bounded. Kept in memory,
/// for one event loop; not thread-safe.
package final class AddressLimiter {
    private let interval: Int64
    private let tolerance: Int64
    private var arrivals: [ClientAddress: Int64] = [:]
    private let refused: Counter

    /// Addresses that are remembered at once. Past it those that have cooled down are forgotten, and if those are few, all: a flood from
    /// very many addresses is not what this limit can stop.
    package static let addressesMax = 65_536

    /// - Parameter limit: requests of one address in a period, on this event loop.
    package init(limit: RateLimit) {
        interval = limit.intervalMicroseconds
        tolerance = limit.toleranceMicroseconds
        refused = Counter(label: "scorecast_address_limited_total")
    }

    /// Counts a request.
    ///
    /// - Parameters:
    ///   - address: whom it comes from.
    ///   - now: microseconds of any steady clock.
    /// - Returns: nil when it may pass, or after how many ms the next one may.
    package func admit(_ address: ClientAddress, now: Int64) -> Int64? {
        let arrival = max(arrivals[address] ?? now, now) + interval
        let early = arrival - now - tolerance
        guard early <= 0 else {
            refused.increment()
            return (early + 999) / 1000
        }
        if arrivals.count >= Self.addressesMax, arrivals[address] == nil { forget(now: now) }
        arrivals[address] = arrival
        return nil
    }

    /// The limiters of the event loops; each has its share of the limit, since connections are spread over the loops.
    static func forLoops(of group: any EventLoopGroup, limit: RateLimit?) -> LoopLocal<AddressLimiter?> {
        let loops = group.makeIterator().reduce(0) { count, _ in count + 1 }
        return LoopLocal(group) {
            limit.map { limit in
                AddressLimiter(
                    limit: RateLimit(
                        count: max(1, limit.count / max(1, loops)), periodMilliseconds: limit.periodMilliseconds))
            }
        }
    }

    private func forget(now: Int64) {
        arrivals = arrivals.filter { $0.value > now }
        // Half of the room at least, or whoever has that many addresses makes every further request look through them all.
        if arrivals.count > Self.addressesMax / 2 { arrivals.removeAll(keepingCapacity: true) }
    }
}
