import Leaderboard
import NIOConcurrencyHelpers

/// An outbox that remembers after which events it was read.
struct RecordedReads: Outbox {
    let base: any Outbox
    private let reads = NIOLockedValueBox<[[Int: Int64]]>([])

    init(_ base: any Outbox) { self.base = base }

    /// The sequence numbers after which a partition was read, without those that repeat the one before them.
    func numbers(_ partition: Int) -> [Int64] {
        let numbers = reads.withLockedValue { $0.compactMap { $0[partition] } }
        return zip(numbers, [nil] + numbers).compactMap { $0 == $1 ? nil : $0 }
    }

    func read(
        after positions: [Int: Int64], limit: Int, waitMilliseconds: Int
    ) async throws(StoreError) -> [OutboxBatch] {
        reads.withLockedValue { $0.append(positions) }
        return try await base.read(after: positions, limit: limit, waitMilliseconds: waitMilliseconds)
    }

    func states() async throws(StoreError) -> [PartitionState] { try await base.states() }

    func snapshot(at positions: [Int: Int64]) async throws(StoreError) -> PartitionSnapshot {
        try await base.snapshot(at: positions)
    }

    func open(partition: Int, seq: Int64, run: String) async throws(StoreError) -> String {
        try await base.open(partition: partition, seq: seq, run: run)
    }

    func verify(partition: Int, epoch: String, seq: Int64, run: String) async throws(StoreError) -> Bool {
        try await base.verify(partition: partition, epoch: epoch, seq: seq, run: run)
    }

    func rewriteFile(run: String, isAsked: Bool, mayAsk: Bool) async throws(StoreError) -> FileRewriting {
        try await base.rewriteFile(run: run, isAsked: isAsked, mayAsk: mayAsk)
    }

    func noteRewritten(partition: Int, run: String) async throws(StoreError) {
        try await base.noteRewritten(partition: partition, run: run)
    }

    func close(partition: Int, epoch: String?) async throws(StoreError) -> Bool {
        try await base.close(partition: partition, epoch: epoch)
    }

    func signatures(at positions: [Int: Int64]) async throws(StoreError) -> [Int: String] {
        try await base.signatures(at: positions)
    }

    func trim(partition: Int, through seq: Int64) async throws(StoreError) {
        try await base.trim(partition: partition, through: seq)
    }
}
