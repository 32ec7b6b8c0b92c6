import Listener
import Synchronization

/// How many connections each client address has on this node. Only addresses with connections are kept, so it is as bounded
/// as they are.
final class AddressConnections: Sendable {
    private let limit: Int
    private let counts = Mutex<[ClientAddress: Int32]>([:])

    /// - Parameter limit: connections of one address.
    init(limit: Int) {
        self.limit = limit
    }

    /// Whether an address has as many as it may. Loops ask at the same time, so the limit can be passed by one for each.
    func isFull(_ address: ClientAddress) -> Bool { counts.withLock { Int($0[address] ?? 0) >= limit } }

    func opened(_ address: ClientAddress) { counts.withLock { $0[address, default: 0] += 1 } }

    func closed(_ address: ClientAddress) {
        counts.withLock { counts in
            guard let count = counts[address], count > 1 else {
                counts[address] = nil
                return
            }
            counts[address] = count - 1
        }
    }
}
