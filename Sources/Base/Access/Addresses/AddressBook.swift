import Basics
import NIOCore
import Synchronization

/// What each client address may use of this node, and does.
package final class AddressBook: Sendable {
    /// What one address may use.
    package struct Limits: Sendable {
        /// Connections of one address; nil for no limit.
        package var connectionsMax: Int?
        /// Handshakes and `join-room` messages of one address.
        package var joins: RateLimit?
        /// Frames that all connections of one address send.
        package var messages: RateLimit?

        /// No limits, but for these.
        package init(connectionsMax: Int? = nil, joins: RateLimit? = nil, messages: RateLimit? = nil) {
            self.connectionsMax = connectionsMax
            self.joins = joins
            self.messages = messages
        }

        /// Whether there is nothing to count.
        package var isEmpty: Bool { connectionsMax == nil && joins == nil && messages == nil }
    }

    /// What the connections of one address have in common.
    package final class Account: Sendable {
        package let address: ClientAddress
        package let joins: SharedRate?
        package let messages: SharedRate?

        package init(_ address: ClientAddress, limits: Limits) {
            self.address = address
            joins = limits.joins.map { SharedRate($0) }
            messages = limits.messages.map { SharedRate($0) }
        }
    }

    private struct Entry {
        package let account: Account
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
    ///   - idleMax: addresses without connections that are remembered. Past it those whose rates have forgotten them are
    ///     forgotten, too, and if that frees none, all: a flood from very many addresses is not what these limits can stop.
    package init(_ limits: Limits, idleMax: Int = 65_536) {
        self.limits = limits
        self.idleMax = idleMax
    }

    /// Addresses that are remembered.
    package var count: Int { entries.withLock { $0.byAddress.count } }

    /// The account of an address.
    package func account(of address: ClientAddress) -> Account {
        entries.withLock { entries in
            if let known = entries.byAddress[address] { return known.account }
            if entries.idle >= idleMax { forget(&entries) }
            let account = Account(address, limits: limits)
            entries.byAddress[address] = Entry(account: account)
            entries.idle += 1
            return account
        }
    }

    /// Whether an address has as many connections as it may. Loops ask at the same time, so the limit can be passed by one
    /// for each.
    package func isFull(_ account: Account) -> Bool {
        guard let most = limits.connectionsMax else { return false }
        return entries.withLock { $0.byAddress[account.address]?.connections ?? 0 } >= most
    }

    /// A connection was opened.
    package func opened(_ account: Account) {
        entries.withLock { entries in
            let known = entries.byAddress[account.address]
            var entry = known ?? Entry(account: account)
            if known?.connections == 0 { entries.idle -= 1 }
            entry.connections += 1
            entries.byAddress[account.address] = entry
        }
    }

    /// A connection that was opened is gone.
    package func closed(_ account: Account) {
        entries.withLock { entries in
            guard var entry = entries.byAddress[account.address], entry.connections > 0 else { return }
            entry.connections -= 1
            if entry.connections > 0 {
                entries.byAddress[account.address] = entry
            } else if limits.joins == nil && limits.messages == nil {
                entries.byAddress[account.address] = nil
            } else {
                entries.byAddress[account.address] = entry
                entries.idle += 1
            }
        }
    }

    private func forget(_ entries: inout Entries) {
        let now = SteadyTime.nanoseconds
        entries.byAddress = entries.byAddress.filter { _, entry in
            entry.connections > 0 || entry.account.joins?.isIdle(at: now) == false
                || entry.account.messages?.isIdle(at: now) == false
        }
        entries.idle = entries.byAddress.count { $1.connections == 0 }
        // Half, so that this is not done again for each of the next ones.
        guard entries.idle > idleMax / 2 else { return }
        entries.byAddress = entries.byAddress.filter { $1.connections > 0 }
        entries.idle = 0
    }
}
