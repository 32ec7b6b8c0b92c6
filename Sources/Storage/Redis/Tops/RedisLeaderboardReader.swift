import Leaderboard
import RedisClient

/// Rankings read from Redis, through `lua/page.lua`.
public struct RedisLeaderboardReader: LeaderboardReader {
    private let redis: RedisClient
    private let keys: RankingKeyCache

    /// - Parameters:
    ///   - redis: a client that has `Scripts.all` registered.
    ///   - partitioning: maps boards to partitions.
    public init(redis: RedisClient, partitioning: Partitioning) {
        self.redis = redis
        keys = RankingKeyCache(partitioning: partitioning, in: KeySpace(redis.configuration))
    }

    /// Returns a page; see `LeaderboardReader`.
    public func page(
        of board: Board, ranking: Ranking, limit: Int, after cursor: LeaderboardCursor?
    ) async throws(StoreError) -> LeaderboardPage {
        let keys = keys.keys(of: ranking, board: board)
        let reply: RESPValue
        do {
            reply = try await redis.evaluate(
                Scripts.page, keys: [keys.partition.meta, keys.ranking],
                arguments: [keys.versionField, String(limit), String(cursor?.score ?? 0), cursor?.member ?? ""])
        } catch {
            throw StoreError(error)
        }
        if reply.isNull { throw StoreError(.closed, "the partition of board \(board.id) is closed") }
        guard let page = Self.page(reply, limit: limit) else {
            throw StoreError(.corrupt, "the script page gave a malformed reply: \(reply)")
        }
        return page
    }

    private static func page(_ reply: RESPValue, limit: Int) -> LeaderboardPage? {
        guard let parts = reply.array, parts.count == 6, let epoch = parts[0].string, let version = parts[1].int64,
            let at = parts[2].int64, let total = parts[3].int64, let start = parts[4].int64,
            let list = parts[5].array?.compactMap(\.string), list.count == parts[5].array?.count,
            let entries = TopCodec.entries(list, firstRank: start + 1)
        else { return nil }
        var next: LeaderboardCursor?
        if entries.count == limit, start + Int64(entries.count) < total, let last = entries.last {
            next = LeaderboardCursor(score: last.score, member: list[list.count - 2])
        }
        return LeaderboardPage(
            top: Top(epoch: epoch, version: version, at: at, entries: entries), total: total, next: next)
    }
}
