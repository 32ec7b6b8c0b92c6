import Metrics
import Synchronization

/// The metrics of sealing and archiving.
package final class PeriodMetrics: Sendable {
    private let sealed = Counter(label: "scorecast_periods_sealed_total")
    private let archived = Counter(label: "scorecast_periods_archived_total")
    private let errors = Counter(label: "scorecast_periods_errors_total")
    private let overdue = Gauge(label: "scorecast_periods_overdue")
    private let delay = Timer(label: "scorecast_periods_archive_delay_seconds")
    private let overdueByPartition = Mutex<[Int: Int]>([:])

    /// How long after its cut a ranking that is not archived counts as overdue, in ms.
    static let overdueMilliseconds: Int64 = 10_000

    /// Creates the metrics of one node.
    package init() {}

    func recordSealed() { sealed.increment() }

    /// - Parameter milliseconds: from the cut to the archive.
    func recordArchived(after milliseconds: Int64) {
        archived.increment()
        delay.recordMilliseconds(max(0, milliseconds))
    }

    func recordError() { errors.increment() }

    /// Records how many rankings of a partition are overdue.
    func record(overdue count: Int, partition: Int) {
        let sum = overdueByPartition.withLock { counts in
            counts[partition] = count
            return counts.values.reduce(0, +)
        }
        overdue.record(sum)
    }
}
