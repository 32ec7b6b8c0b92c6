import Basics
import NIOCore
import Synchronization

/// The limits of each client address on this node, and its use of them now.
package final class ClientQuotas: Sendable {
    /// The limits of one address.
    package struct Limits: Sendable {
        /// Connections of one address; nil for no limit.
        package var addressConnectionsMax: Int?
        /// Handshakes and `join-room` messages of one address.
        package var addressJoinRate: RateLimit?
        /// Frames that all connections of one address send.
        package var addressMessageRate: RateLimit?

        /// Creates limits; nil means no limit.
        package init(
            addressConnectionsMax: Int? = nil, addressJoinRate: RateLimit? = nil, addressMessageRate: RateLimit? = nil
        ) {
            self.addressConnectionsMax = addressConnectionsMax
            self.addressJoinRate = addressJoinRate
            self.addressMessageRate = addressMessageRate
        }

        /// Whether there is nothing to count.
        package var isEmpty: Bool {
            addressConnectionsMax == nil && addressJoinRate == nil && addressMessageRate == nil
        }
    }

    /// The state that the connections of one address share.
    package final class Quota: Sendable {
        package let address: ClientAddress
        package let joins: SharedRate?
        package let messages: SharedRate?

        package init(_ address: ClientAddress, limits: Limits) {
            self.address = address
            joins = limits.addressJoinRate.map { SharedRate($0) }
            messages = limits.addressMessageRate.map { SharedRate($0) }
        }
    }

    private struct Entry {
        package let quota: Quota
        package var connections = 0
    }

    private struct Entries {
        var byAddress: [ClientAddress: Entry] = [:]
        /// Those without connections, which are kept for their rates.
        var idle = 0
    }

    private let limits: Limits
    private let idleMax: Int
    private let entries = Mutex(Entries())

    /// - Parameters:
    ///   - limits: of each address.
    ///   - idleMax: the most addresses without connections that are kept. Beyond that, those whose rates are idle are
    ///     dropped; if more than half remain, all of them. These limits cannot stop a flood from very many addresses.
    package init(_ limits: Limits, idleMax: Int = 65_536) {
        self.limits = limits
        self.idleMax = idleMax
    }

    /// Addresses that are remembered.
    package var count: Int { entries.withLock { $0.byAddress.count } }

    /// The quota of an address.
    package func quota(of address: ClientAddress) -> Quota {
        entries.withLock { entries in
            if let known = entries.byAddress[address] { return known.quota }
            if entries.idle >= idleMax { forget(&entries) }
            let quota = Quota(address, limits: limits)
            entries.byAddress[address] = Entry(quota: quota)
            entries.idle += 1
            return quota
        }
    }

    /// Whether an address has as many connections as it may. Loops ask at the same time, so the limit can be passed by
    /// one for each.
    package func isFull(_ quota: Quota) -> Bool {
        guard let most = limits.addressConnectionsMax else { return false }
        return entries.withLock { $0.byAddress[quota.address]?.connections ?? 0 } >= most
    }

    /// A connection was opened.
    package func addConnection(_ quota: Quota) {
        entries.withLock { entries in
            let known = entries.byAddress[quota.address]
            var entry = known ?? Entry(quota: quota)
            if known?.connections == 0 { entries.idle -= 1 }
            entry.connections += 1
            entries.byAddress[quota.address] = entry
        }
    }

    /// A connection that was opened is gone.
    package func removeConnection(_ quota: Quota) {
        entries.withLock { entries in
            guard var entry = entries.byAddress[quota.address], entry.connections > 0 else { return }
            entry.connections -= 1
            if entry.connections > 0 {
                entries.byAddress[quota.address] = entry
            } else if limits.addressJoinRate == nil && limits.addressMessageRate == nil {
                entries.byAddress[quota.address] = nil
            } else {
                entries.byAddress[quota.address] = entry
                entries.idle += 1
            }
        }
    }

    private func forget(_ entries: inout Entries) {
        let now = SteadyTime.nanoseconds
        entries.byAddress = entries.byAddress.filter { _, entry in
            entry.connections > 0 || entry.quota.joins?.isIdle(at: now) == false
                || entry.quota.messages?.isIdle(at: now) == false
        }
        entries.idle = entries.byAddress.count { $1.connections == 0 }
        // Half, so that this is not done again for each of the next ones.
        guard entries.idle > idleMax / 2 else { return }
        entries.byAddress = entries.byAddress.filter { $1.connections > 0 }
        entries.idle = 0
    }
}
