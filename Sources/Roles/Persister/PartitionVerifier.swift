import Basics
import Leaderboard
import Logging
import Metrics
import Reporting
import ServiceLifecycle
import Synchronization

/// Verifies that Redis holds what the ledger holds, before its partitions take writes: after each start of Redis, after
/// a replica was promoted, and when the address leads to another server (docs/adr/0020). Runs on every persister node.
/// It needs no lease, and any number of nodes may verify at once.
public struct PartitionVerifier: Service {
    private let outbox: any Outbox
    private let ledger: any Ledger
    private let logger: Logger
    private let trouble: TroubleLog
    private let rewrite = Rewrite()
    private let unverified = Gauge(label: "scorecast_partitions_unverified")

    /// The process of Redis that was asked to rewrite its file, until it has.
    private final class Rewrite: Sendable {
        let asked = Mutex<(run: String, againAt: ContinuousClock.Instant)?>(nil)
        var isDone: Bool { asked.withLock { $0 == nil } }
    }

    /// The time between two looks while all partitions are verified: it bounds how long a restart goes unnoticed.
    private static let interval = Duration.milliseconds(500)
    /// The time between two looks while some are not.
    private static let shortInterval = Duration.milliseconds(200)
    /// The time until Redis is asked again to rewrite its file, if it failed to do so.
    private static let askInterval = Duration.seconds(10)
    /// The wait after a look that failed.
    private static let backoff = Backoff(base: .milliseconds(100), cap: .milliseconds(500), least: .milliseconds(50))

    /// - Parameters:
    ///   - outbox: holds the partitions.
    ///   - ledger: read for its positions only.
    public init(outbox: any Outbox, ledger: any Ledger, logger: Logger) {
        self.outbox = outbox
        self.ledger = ledger
        self.logger = logger
        trouble = TroubleLog(
            warning: "Redis cannot be compared with the ledger, partitions that are not verified take no writes",
            notice: "Redis can be compared with the ledger again", logger: logger)
    }

    /// Looks until graceful shutdown or cancellation.
    public func run() async throws {
        var failures = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let wait: Duration
            do {
                let areVerified = try await verifyWhatCanBe()
                wait = areVerified && rewrite.isDone ? Self.interval : Self.shortInterval
                failures = 0
                trouble.recordSuccess()
            } catch {
                trouble.recordFailure(error)
                failures += 1
                wait = Self.backoff.wait(failures: failures)
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
        }
    }

    /// Verifies the open partitions that follow the ledger. Returns true if all partitions are open and verified
    /// afterwards.
    @discardableResult
    public func verifyWhatCanBe() async throws(StoreError) -> Bool {
        let before = try await outbox.snapshot(at: [:])
        try await rewriteFile(
            before.states.indices.filter { before.states[$0].rewriting == before.run }, run: before.run)
        let allOpen = before.states.allSatisfy { $0.epoch != nil }
        var waiting = Set(Self.waiting(in: before))
        defer { unverified.record(waiting.count) }
        guard !waiting.isEmpty else { return allOpen }
        // In this order: the process runs, then the positions, then the comparison. So a Redis that has restarted since
        // the positions were read is noticed by its `run_id`.
        let positions = try await ledger.positions()
        let known = positions.filter { waiting.contains($0.key) }
        let snapshot = try await outbox.snapshot(at: known.mapValues(\.seq))
        guard snapshot.run == before.run else {
            throw StoreError(.conflict, "Redis became another process while it was compared with the ledger")
        }
        waiting = Set(Self.waiting(in: snapshot))
        var verified: [Int] = []
        for partition in waiting.sorted() {
            let state = snapshot.states[partition]
            let check = PartitionCheck(
                redis: state, ledger: positions[partition], run: snapshot.run,
                signature: snapshot.signatures[partition])
            guard check == .follow, let epoch = state.epoch else { continue }
            let isVerified = try await outbox.verify(
                partition: partition, epoch: epoch, seq: state.seq, run: snapshot.run)
            guard isVerified else { continue }
            waiting.remove(partition)
            verified.append(partition)
        }
        if !verified.isEmpty {
            let names = verified.map(String.init).joined(separator: ", ")
            logger.notice(
                "Verified that Redis holds what the ledger holds", metadata: ["partitions": "\(names)"])
            try await rewriteFile(verified, run: snapshot.run)
        }
        return allOpen && waiting.isEmpty
    }

    /// Makes Redis rewrite its append-only file after each start. If a kill cut the file within a transaction, Redis
    /// keeps the beginning of it, and runs that at its next start (docs/adr/0027).
    private func rewriteFile(_ marked: [Int], run: String) async throws(StoreError) {
        guard !marked.isEmpty else { return rewrite.asked.withLock { $0 = nil } }
        let (isAsked, mayAsk) = rewrite.asked.withLock { asked in
            guard let last = asked, last.run == run else { return (false, true) }
            return (true, .now >= last.againAt)
        }
        switch try await outbox.rewriteFile(run: run, isAsked: isAsked, mayAsk: mayAsk) {
        case .underway:
            guard mayAsk else { return }
            return rewrite.asked.withLock { $0 = (run, .now + Self.askInterval) }
        case .impossible(let reason):
            logger.warning(
                "Redis does not rewrite its append-only file: two crashes in a row could leave wrong scores",
                metadata: ["reason": "\(reason)", "docs": "docs/durability.md#settings-of-redis"])
        case .done:
            break
        }
        for partition in marked { try await outbox.noteRewritten(partition: partition, run: run) }
    }

    /// The open partitions that were not verified for the process that they are on.
    private static func waiting(in snapshot: PartitionSnapshot) -> [Int] {
        snapshot.states.indices.filter { partition in
            let state = snapshot.states[partition]
            return state.epoch != nil && !state.isVerified(by: snapshot.run)
        }
    }
}
