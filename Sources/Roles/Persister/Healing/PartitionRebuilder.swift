import Leaderboard
import Logging
import Synchronization

/// Rebuilds a closed partition of Redis from Postgres. `docs/adr/0021` says why the steps have this order.
public struct PartitionRebuilder: Sendable {
    /// The stores that it uses.
    public struct Stores: Sendable {
        let outbox: any Outbox
        let ledger: any Ledger
        let source: any RebuildSource
        let target: any PartitionRebuild

        /// - Parameter ledger: it takes the lease of the partition.
        public init(
            outbox: any Outbox, ledger: any Ledger, source: any RebuildSource, target: any PartitionRebuild
        ) {
            self.outbox = outbox
            self.ledger = ledger
            self.source = source
            self.target = target
        }
    }

    let stores: Stores
    let partitioning: Partitioning
    private let receiptLifetimeMilliseconds: Int64
    private let logger: Logger
    let now: @Sendable () -> Int64

    /// Events of the outbox that are read at once.
    static let eventsMax = 500
    /// Events that are carried to the ledger at once.
    private static let batchEvents = 1000

    /// - Parameters:
    ///   - receiptLifetimeMilliseconds: how long receipts are kept.
    ///   - now: returns the time in ms since 1970.
    public init(
        stores: Stores, partitioning: Partitioning, receiptLifetimeMilliseconds: Int64, logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) {
        self.stores = stores
        self.partitioning = partitioning
        self.receiptLifetimeMilliseconds = receiptLifetimeMilliseconds
        self.logger = logger
        self.now = now
    }

    /// Rebuilds a partition that is closed until that happens; returns nil if it is not.
    ///
    /// - Parameter progress: called with the number of entries written, and of all.
    /// - Throws: `conflict` if another node holds the lease, or begins a rebuild meanwhile. The partition stays closed.
    public func rebuild(
        _ partition: Int, progress: @escaping @Sendable (Int64, Int64) -> Void = { _, _ in }
    ) async throws(StoreError) -> RebuildReport? {
        try await checkLease(partition)
        let states = try await stores.outbox.states()
        guard states[partition].awaitsRebuild, states[partition].epoch == nil else { return nil }
        guard let closure = try await stores.target.closure(partition: partition) else { return nil }
        let carried = try await carryRest(partition, states[partition], closedEpoch: closure.epoch)
        let orphans = try await keepOrphans(partition, epoch: closure.epoch ?? "")
        let position = try await stores.ledger.positions()[partition]

        let session = try await stores.target.begin(closure)
        let facts = try await stores.source.facts(partition: partition, of: partitioning)
        let plan = RebuildPlan(facts, now: session.storeTime)
        try await stores.target.clear(session)
        try await stores.target.write(forms: plan.boards, session)
        try await stores.target.write(lastEnds: plan.lastEnds, session)
        try await stores.target.write(seals: plan.seals, session)
        let entries = try await writeRankings(plan, facts, session, progress)
        let first = RebuildPlan.firstReceiptSecond(
            storeTime: session.storeTime, nodeTime: now(), lifetimeMilliseconds: receiptLifetimeMilliseconds)
        try await writeReceipts(facts, plan, since: first, session)

        try await checkLease(partition)
        guard try await stores.ledger.positions()[partition] == position else {
            throw StoreError(.conflict, "the position of partition \(partition) moved during its rebuild")
        }
        let seq = position?.seq ?? 0
        let epoch = try await stores.target.end(session, seq: seq, forgottenSecond: first - 1)
        await publish(plan.boards)
        return RebuildReport(
            partition: partition, epoch: epoch, seq: seq, entries: entries, orphans: orphans, carried: carried)
    }

    private func checkLease(_ partition: Int) async throws(StoreError) {
        guard try await stores.ledger.acquireLeases(partition..<partition + 1).contains(partition) else {
            throw StoreError(.conflict, "another node holds the lease of partition \(partition)")
        }
    }

    /// The node must not wait for a long rebuild when it stops. Another one begins it again.
    private static func checkCancellation() throws(StoreError) {
        if Task.isCancelled { throw StoreError(.unavailable, "the node stops") }
    }

    // MARK: Events that Redis has

    /// Carries the events to the ledger that continue its history. Returns how many there were.
    private func carryRest(
        _ partition: Int, _ state: PartitionState, closedEpoch: String?
    ) async throws(StoreError) -> Int {
        var position = try await stores.ledger.positions()[partition]
        let anchors = try await stores.outbox.signatures(at: position.map { [partition: $0.seq] } ?? [:])
        // As it was before it was closed. Without an epoch, only the event at the position tells.
        guard let epoch = closedEpoch ?? position?.epoch, !epoch.isEmpty else { return 0 }
        let before = PartitionState(epoch: epoch, seq: state.seq)
        guard PartitionCheck(redis: before, ledger: position, signature: anchors[partition]) == .follow else {
            return 0
        }
        var carried = 0
        while true {
            let events = try await stores.target.events(
                partition: partition, after: position?.seq ?? 0, limit: Self.batchEvents)
            guard let last = events.last else { return carried }
            let batch = OutboxBatch(partition: partition, epoch: epoch, events: events)
            let refused = try await stores.ledger.commit([batch], from: position.map { [partition: $0] } ?? [:])
            if !refused.isEmpty {
                logger.error(
                    "A table refuses rows, they are kept in dead_letters",
                    metadata: ["partition": "\(partition)", "rows": "\(refused.count)"])
            }
            carried += events.count
            position = LedgerPosition(epoch: epoch, seq: last.seq, signature: last.signature)
        }
    }

    /// Keeps the events that only Redis has. Returns how many there are.
    private func keepOrphans(_ partition: Int, epoch: String) async throws(StoreError) -> Int {
        var (count, seq) = (0, Int64(0))
        while true {
            let events = try await stores.target.events(partition: partition, after: seq, limit: Self.eventsMax)
            guard let last = events.last else { break }
            let orphans = try await stores.source.missing(events, partition: partition)
            _ = try await stores.source.keepOrphans(orphans, partition: partition, epoch: epoch)
            count += orphans.count
            seq = last.seq
        }
        if count > 0 {
            logger.error(
                "Redis had events that the ledger does not have, they are kept in orphaned_events",
                metadata: ["partition": "\(partition)", "events": "\(count)"])
        }
        return count
    }

    // MARK: Writing

    private func writeRankings(
        _ plan: RebuildPlan, _ facts: RebuildFacts, _ session: RebuildSession,
        _ progress: @escaping @Sendable (Int64, Int64) -> Void
    ) async throws(StoreError) -> Int64 {
        let target = stores.target
        let written = Mutex<Int64>(0)
        let seen = Mutex<Set<SeenStanding>>([])
        for board in plan.boards {
            try await stores.source.standings(ofBoard: board.id) { standings throws(StoreError) in
                try Self.checkCancellation()
                let read = plan.withRefused(standings)
                seen.withLock { $0.formUnion(read) }
                for run in RebuildPlan.runs(plan.corrected(standings)) {
                    guard let first = run.first, let ranking = plan.ranking(first.ranking) else { continue }
                    try await target.write(Array(run), of: ranking, session)
                }
                let done = written.withLock { count in
                    count += Int64(standings.count)
                    return count
                }
                progress(done, facts.entryCount)
                try await target.report(done: done, of: facts.entryCount, session)
            }
        }
        let added = plan.added(except: seen.withLock { $0 })
        for standing in added {
            guard let ranking = plan.ranking(standing.ranking) else { continue }
            try await target.write([standing], of: ranking, session)
        }
        for sealed in facts.archivedSeasons {
            guard let ranking = plan.keptTop(sealed),
                let top = plan.boards.first(where: { $0.id == sealed.ranking.board })?.top
            else { continue }
            let standings = try await stores.source.archivedTop(sealed, limit: top)
            if !standings.isEmpty { try await target.write(standings, of: ranking, session) }
        }
        return written.withLock { $0 } + Int64(added.count)
    }

    private func writeReceipts(
        _ facts: RebuildFacts, _ plan: RebuildPlan, since second: Int64, _ session: RebuildSession
    ) async throws(StoreError) {
        let target = stores.target
        let partition = session.partition
        try await stores.source.updates(
            partition: partition, issuedSince: second * 1000, actions: facts.actions
        ) { events throws(StoreError) in
            try Self.checkCancellation()
            try await target.write(receipts: events, session)
        }
        // A refused event is whole, even if the ledger has the rows of its other boards.
        let refused = facts.refusedEvents.filter { $0.issuedAt >= second * 1000 }
        if !refused.isEmpty { try await target.write(receipts: refused, session) }
        guard !plan.dailyActions.isEmpty else { return }
        try await stores.source.dailyCounts(
            partition: partition, actions: plan.dailyActions, sinceDay: second / 86_400
        ) { counts throws(StoreError) in
            try await target.write(counts: counts, session)
        }
    }

    /// Publishes the tops. The rebuild is over then, and watchers also get them with the next change.
    private func publish(_ boards: [Board]) async {
        do {
            try await stores.target.publishTops(of: boards)
        } catch {
            logger.warning("Could not publish the tops after a rebuild", metadata: ["error": "\(error)"])
        }
    }
}
