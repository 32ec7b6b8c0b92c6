import Synchronization

/// The partitions that this node's persister serves now. ``Persister`` sets them, and ``PeriodKeeper`` reads them.
///
/// For a moment two nodes can believe that they hold a partition. Everything that is done for a partition may be done
/// twice.
public final class HeldPartitions: Sendable {
    private let partitions = Mutex<Set<Int>>([])

    /// No partitions.
    public init() {}

    /// Replaces the partitions.
    package func replace(_ new: Set<Int>) { partitions.withLock { $0 = new } }

    /// Whether a partition is held.
    package func contains(_ partition: Int) -> Bool { partitions.withLock { $0.contains(partition) } }
}
