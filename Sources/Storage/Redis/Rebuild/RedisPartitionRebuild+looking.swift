import Leaderboard
import RedisClient

/// Questions about a partition before, and while, it is rebuilt.
extension RedisPartitionRebuild {
    /// See `PartitionRebuild`.
    public func request(partition: Int) async throws(StoreError) {
        _ = try await command(["HSET", keys(partition).meta, "rebuild_wanted", "1"])
        try await RedisOutbox(redis: current.redis, blocking: current.redis, partitioning: current.partitioning)
            .close(partition: partition)
    }

    /// See `PartitionRebuild`.
    public func progress(partition: Int) async throws(StoreError) -> RebuildProgress? {
        guard let text = try await command(["HGET", keys(partition).meta, "rebuild_progress"]).string else {
            return nil
        }
        let numbers = text.split(separator: " ").compactMap { Int64($0) }
        return numbers.count == 2 ? RebuildProgress(done: numbers[0], total: numbers[1]) : nil
    }

    /// See `PartitionRebuild`.
    public func entryCounts(partition: Int) async throws(StoreError) -> [Ranking: Int64] {
        let names = try await command(["ZRANGEBYSCORE", keys(partition).tag + ":open", "-inf", "+inf"]).array ?? []
        var counts: [Ranking: Int64] = [:]
        for ranking in names.compactMap({ $0.string.flatMap { BoardKeys.ranking(named: $0) } }) {
            let keys = BoardKeys(ranking, partition: partition, in: current.space)
            counts[ranking] = try await command(["ZCARD", keys.ranking]).int64 ?? 0
        }
        return counts
    }

    /// See `PartitionRebuild`.
    public func compare(
        _ standings: [Standing], of ranking: RebuiltRanking, partition: Int
    ) async throws(StoreError) -> StandingDifferences {
        let keys = BoardKeys(ranking.ranking, partition: partition, in: current.space)
        var differences = StandingDifferences()
        for start in stride(from: 0, to: standings.count, by: Self.comparedMax) {
            let part = standings[start..<min(start + Self.comparedMax, standings.count)]
            let reply = try await command(["HMGET", keys.members] + part.map(\.userID))
            guard let places = reply.array, places.count == part.count else {
                throw StoreError(.corrupt, "HMGET is malformed: \(reply)")
            }
            for (place, standing) in zip(places, part) {
                if place.isNull {
                    differences.missing += 1
                } else if place.string != RebuiltEntry(standing, in: ranking).place {
                    differences.different += 1
                }
            }
        }
        return differences
    }

    /// Standings that are compared with one command.
    private static let comparedMax = 500
}
