import Leaderboard
import Synchronization

extension PartitionRebuilder {
    /// Finds what a rebuild of a partition would change. Changes nothing, and needs no lease.
    public func preview(_ partition: Int) async throws(StoreError) -> RebuildPreview {
        let facts = try await stores.source.facts(partition: partition, of: partitioning)
        let plan = RebuildPlan(facts, now: now())
        let target = stores.target
        let preview = Mutex(RebuildPreview(partition: partition, entries: facts.entryCount))
        let found = Mutex<[Ranking: Int64]>([:])
        for board in plan.boards {
            try await stores.source.standings(ofBoard: board.id) { standings throws(StoreError) in
                for run in RebuildPlan.runs(plan.corrected(standings)) {
                    guard let name = run.first?.ranking, let ranking = plan.ranking(name) else { continue }
                    let part = try await target.compare(Array(run), of: ranking, partition: partition)
                    preview.withLock {
                        $0.differences.missing += part.missing
                        $0.differences.different += part.different
                    }
                    found.withLock { $0[name, default: 0] += Int64(run.count) - part.missing }
                }
            }
        }
        for (ranking, count) in try await target.entryCounts(partition: partition) {
            let extra = count - found.withLock { $0[ranking, default: 0] }
            preview.withLock { $0.extra += max(0, extra) }
        }
        var seq: Int64 = 0
        while true {
            let events = try await target.events(partition: partition, after: seq, limit: Self.eventsMax)
            guard let last = events.last else { break }
            let missing = try await stores.source.missing(events, partition: partition)
            preview.withLock { $0.events += missing.count }
            seq = last.seq
        }
        return preview.withLock { $0 }
    }
}
