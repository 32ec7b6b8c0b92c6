import Metrics
import Synchronization

/// The state that the persister reports to `/readyz` and to metrics.
public final class PersisterStatus: Sendable {
    private struct State {
        var lastCycle: ContinuousClock.Instant?
        var needRebuild: Set<Int> = []
        var deadLetters = 0
        var lastError = "it has not started yet"
    }

    private let state = Mutex(State())
    private let committed = Counter(label: "scorecast_persister_events_total")
    private let commits = Counter(label: "scorecast_persister_commits_total")
    private let errors = Counter(label: "scorecast_persister_errors_total")
    private let deadLetterCount = Counter(label: "scorecast_persister_dead_letters_total")
    private let leases = Gauge(label: "scorecast_persister_leases")
    private let rebuilds = Gauge(label: "scorecast_persister_partitions_needing_rebuild")
    private let delay = Timer(label: "scorecast_persister_delay_seconds")

    /// The age at which the last round no longer counts as a sign of work.
    private static let staleAfter = Duration.seconds(5)

    init() {}

    /// Records the result of a check. Returns true if the partitions that need a rebuild have changed.
    @discardableResult
    func update(leases count: Int, needRebuild: Set<Int>) -> Bool {
        leases.record(count)
        rebuilds.record(needRebuild.count)
        return state.withLock { state in
            defer { state.needRebuild = needRebuild }
            return state.needRebuild != needRebuild
        }
    }

    /// Records that a round ended without an error.
    func recordSuccess() {
        state.withLock { $0.lastCycle = .now }
    }

    func recordCommit(events: Int, oldestMilliseconds: Int64) {
        commits.increment()
        committed.increment(by: events)
        delay.recordMilliseconds(max(0, oldestMilliseconds))
    }

    func putAside(rows: Int) {
        deadLetterCount.increment(by: rows)
        state.withLock { $0.deadLetters += rows }
    }

    /// The number of rows that this node has put aside in `dead_letters` since its start. They delay nothing.
    public var deadLetters: Int { state.withLock { $0.deadLetters } }

    func recordFailure(_ reason: String) {
        errors.increment()
        state.withLock { $0.lastError = reason }
    }

    /// Returns why the persister does not work now, or nil if it works or stands by for another one that holds the
    /// leases.
    public func whyNotReady() -> String? {
        state.withLock { state in
            guard let last = state.lastCycle, last.duration(to: .now) < Self.staleAfter else {
                return "the persister is stuck: \(state.lastError)"
            }
            guard state.needRebuild.isEmpty else {
                let names = state.needRebuild.sorted().map(String.init).joined(separator: ", ")
                return "Redis does not hold what the ledger holds in partitions \(names): "
                    + "they are closed and need a rebuild"
            }
            return nil
        }
    }
}
