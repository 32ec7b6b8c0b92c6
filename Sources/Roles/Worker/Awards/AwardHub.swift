import Awards
import Leaderboard

/// The hub, as the work on awards uses it.
package struct AwardHub: Sendable {
    /// Applies updates.
    package let writer: any ScoreWriter
    /// The boards.
    package let catalogue: any CatalogueSource
    /// Tells how far the partitions are in Redis.
    package let outbox: any Outbox
    /// Tells how far the ledger is.
    package let ledger: any LedgerReader
    /// Where boards live.
    package let partitioning: Partitioning
    /// Returns the time in ms since 1970.
    package let now: @Sendable () -> Int64

    /// Gathers the parts.
    package init(
        writer: any ScoreWriter, catalogue: any CatalogueSource, outbox: any Outbox, ledger: any LedgerReader,
        partitioning: Partitioning, now: @escaping @Sendable () -> Int64
    ) {
        self.writer = writer
        self.catalogue = catalogue
        self.outbox = outbox
        self.ledger = ledger
        self.partitioning = partitioning
        self.now = now
    }

    /// The board of an award; nil if the catalogue does not have it.
    func board(of award: Award) -> Board? { catalogue.current?.boards[award.draft.board] }

    /// The partition of an award's board.
    func partition(of award: Award) -> Int? { board(of: award).map { partitioning.partition(of: $0) } }

    /// The state of a partition. It counts as closed if Redis is not the process that was verified for it: then its
    /// data may be older.
    func state(of partition: Int) async throws(StoreError) -> PartitionState {
        let snapshot = try await outbox.snapshot(at: [:])
        var state = snapshot.states[partition]
        if !state.isVerified(by: snapshot.run) { state.epoch = nil }
        return state
    }

    /// Whether the board takes anything that is issued at a time.
    func canIssue(_ award: Award, at time: Int64) -> Bool {
        board(of: award).map { !UpdateTargets(of: $0, issuedAt: time).targets.isEmpty } ?? false
    }

    /// Looks for the receipt of an award's action id in all partitions.
    func receipt(of award: Award) async throws(StoreError) -> Receipt? {
        let query = ReceiptQuery(
            signature: award.signature, submittedScore: nil, issuedAt: award.issuedAt, board: nil)
        let result: Result<FoundReceipt?, StoreError> = await withCheckedContinuation { continuation in
            writer.receipt(for: query) { continuation.resume(returning: $0) }
        }
        return try result.get()?.receipt
    }

    /// Applies an update.
    package func apply(_ update: ScoreUpdate) async -> Result<ApplyOutcome, StoreError> {
        await withCheckedContinuation { continuation in
            writer.apply(update) { continuation.resume(returning: $0) }
        }
    }
}
