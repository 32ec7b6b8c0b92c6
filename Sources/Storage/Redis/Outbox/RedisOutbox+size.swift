import Leaderboard
import RedisClient

extension RedisOutbox: OutboxMeter {
    /// See `OutboxMeter`. Redis estimates the size of a stream from a few of its nodes, so this takes as long for a
    /// long outbox as for a short one.
    public func measure() async throws(StoreError) -> OutboxSize {
        let replies = try await pipeline(partitions.map { ["MEMORY", "USAGE", $0.outbox] })
        let bytes = replies.reduce(0) { $0 + ($1.int64 ?? 0) }
        return OutboxSize(bytes: bytes, memoryBytesMax: try await memoryBytesMax())
    }

    /// Returns nil also if the server does not allow `CONFIG`, as some hosted ones do not.
    private func memoryBytesMax() async throws(StoreError) -> Int64? {
        do {
            let reply = try await redis.pipeline([["CONFIG", "GET", "maxmemory"]]).first
            guard let bytes = reply?.array?.last?.int64, bytes > 0 else { return nil }
            return bytes
        } catch {
            throw StoreError(error)
        }
    }
}
