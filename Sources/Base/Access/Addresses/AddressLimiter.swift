import Basics
import EventLoops
import Metrics
import NIOCore

/// A coarse rate limit for each client address, before any cryptography: what one address can cost a node is bounded.
/// For one event loop; not thread-safe.
package final class AddressLimiter {
    private let limiter: KeyedLimiter<ClientAddress>
    private let refused: Counter

    /// Addresses that are remembered at once.
    package static let addressesMax = KeyedLimiter<ClientAddress>.keysMax

    /// - Parameter limit: requests of one address in a period, on this event loop.
    package init(limit: RateLimit) {
        limiter = KeyedLimiter(limit: limit)
        refused = Counter(label: "scorecast_address_limited_total")
    }

    /// Counts a request; see `KeyedLimiter`.
    package func admit(_ address: ClientAddress, now: Int64) -> Int64? {
        guard let wait = limiter.admit(address, now: now) else { return nil }
        refused.increment()
        return wait
    }

    /// The limiters of the event loops; each has its share of the limit, since connections are spread over the loops.
    package static func forLoops(of group: any EventLoopGroup, limit: RateLimit?) -> LoopLocal<AddressLimiter?> {
        let loops = group.makeIterator().reduce(0) { count, _ in count + 1 }
        return LoopLocal(group) {
            limit.map { limit in
                AddressLimiter(
                    limit: RateLimit(
                        count: max(1, limit.count / max(1, loops)), periodMilliseconds: limit.periodMilliseconds))
            }
        }
    }
}
