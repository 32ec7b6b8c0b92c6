import Metrics
import Synchronization

/// What the persister says of itself, to `/readyz` and to metrics.
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

    /// How old a cycle may be for the persister to count as working.
    private static let staleAfter = Duration.seconds(5)

    init() {}

    /// Notes what a check found. True where other partitions need a rebuild than before.
    @discardableResult
    func update(leases count: Int, needRebuild: Set<Int>) -> Bool {
        leases.record(count)
        rebuilds.record(needRebuild.count)
        return state.withLock { state in
            defer { state.needRebuild = needRebuild }
            return state.needRebuild != needRebuild
        }
    }

    /// A round of work ended as it should.
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

    /// How many rows this node has put aside in `dead_letters` since its start. They hold nothing up.
    public var deadLetters: Int { state.withLock { $0.deadLetters } }

    func recordFailure(_ reason: String) {
        errors.increment()
        state.withLock { $0.lastError = reason }
    }

    /// Why the persister does not do its work now; nil when it does, or when it stands by for another that holds the
    /// leases.
    public func whyNotReady() -> String? {
        state.withLock { state in
            guard let last = state.lastCycle, last.duration(to: .now) < Self.staleAfter else {
                return "the persister is stuck: \(state.lastError)"
            }
            guard state.needRebuild.isEmpty else {
                let names = state.needRebuild.sorted().map(String.init).joined(separator: ", ")
                return
                    "Redis does not hold what the ledger holds in partitions \(names): they are closed and need a rebuild"
            }
            return nil
        }
    }
}
