import Basics
import Synchronization

/// The partitions that this node's persister found closed until they are rebuilt. ``Persister`` sets them, and
/// ``PartitionHealer`` reads them.
public final class WoundedPartitions: Sendable {
    private let partitions = Mutex<Set<Int>>([])
    private let signal = WakeSignal()

    /// No partitions.
    public init() {}

    /// Replaces the partitions.
    package func replace(_ new: Set<Int>) {
        let isMore = partitions.withLock { old in
            defer { old = new }
            return !new.isSubset(of: old)
        }
        if isMore { signal.ring() }
    }

    /// The partitions now, in order.
    package var all: [Int] { partitions.withLock { $0.sorted() } }

    /// Waits until there are more.
    package func wait() async { await signal.wait() }
}
