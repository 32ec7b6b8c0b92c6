import Leaderboard
import Storage

/// A rebuild that stops at one step, as if its process were killed there.
struct StoppedRebuild: PartitionRebuild {
    enum Step: CaseIterable {
        case begin, clear, seals, standings, receipts, counts, end
    }

    let base: RedisPartitionRebuild
    let step: Step

    private func stop(at now: Step) throws(StoreError) {
        if now == step { throw StoreError(.unavailable, "it is killed") }
    }

    func closure(partition: Int) async throws(StoreError) -> PartitionClosure? {
        try await base.closure(partition: partition)
    }

    func events(partition: Int, after seq: Int64, limit: Int) async throws(StoreError) -> [LedgerEvent] {
        try await base.events(partition: partition, after: seq, limit: limit)
    }

    func request(partition: Int) async throws(StoreError) { try await base.request(partition: partition) }

    func progress(partition: Int) async throws(StoreError) -> RebuildProgress? {
        try await base.progress(partition: partition)
    }

    func entryCounts(partition: Int) async throws(StoreError) -> [Ranking: Int64] {
        try await base.entryCounts(partition: partition)
    }

    func compare(
        _ standings: [Standing], of ranking: RebuiltRanking, partition: Int
    ) async throws(StoreError) -> StandingDifferences {
        try await base.compare(standings, of: ranking, partition: partition)
    }

    func begin(_ closure: PartitionClosure) async throws(StoreError) -> RebuildSession {
        try stop(at: .begin)
        return try await base.begin(closure)
    }

    func clear(_ session: RebuildSession) async throws(StoreError) {
        try stop(at: .clear)
        try await base.clear(session)
    }

    func write(forms: [Board], _ session: RebuildSession) async throws(StoreError) {
        try await base.write(forms: forms, session)
    }

    func write(lastEnds: [BoardWindow: Int64], _ session: RebuildSession) async throws(StoreError) {
        try await base.write(lastEnds: lastEnds, session)
    }

    func write(seals: [Ranking: Int64], _ session: RebuildSession) async throws(StoreError) {
        try stop(at: .seals)
        try await base.write(seals: seals, session)
    }

    func write(
        _ standings: [Standing], of ranking: RebuiltRanking, _ session: RebuildSession
    ) async throws(StoreError) {
        try await base.write(Array(standings.prefix(5)), of: ranking, session)
        try stop(at: .standings)
        try await base.write(standings, of: ranking, session)
    }

    func write(receipts: [LedgerEvent], _ session: RebuildSession) async throws(StoreError) {
        try stop(at: .receipts)
        try await base.write(receipts: receipts, session)
    }

    func write(counts: [DailyCount], _ session: RebuildSession) async throws(StoreError) {
        try stop(at: .counts)
        try await base.write(counts: counts, session)
    }

    func report(done: Int64, of total: Int64, _ session: RebuildSession) async throws(StoreError) {
        try await base.report(done: done, of: total, session)
    }

    func end(_ session: RebuildSession, seq: Int64, forgottenSecond: Int64) async throws(StoreError) -> String {
        try stop(at: .end)
        return try await base.end(session, seq: seq, forgottenSecond: forgottenSecond)
    }

    func publishTops(of boards: [Board]) async throws(StoreError) { try await base.publishTops(of: boards) }
}
