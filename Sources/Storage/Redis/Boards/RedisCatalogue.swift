import Leaderboard
import RedisClient
import StrictJSON

/// The boards as they are published in Redis, for nodes without Postgres.
public struct RedisCatalogue: Sendable {
    private let redis: RedisClient
    private let names: CatalogueKeys
    private let current: CurrentPeriods

    /// - Parameters:
    ///   - redis: a client that has `Scripts.all` registered.
    ///   - partitioning: maps boards to partitions.
    public init(redis: RedisClient, partitioning: Partitioning) {
        self.redis = redis
        current = CurrentPeriods(redis: redis, partitioning: partitioning)
        names = CatalogueKeys(in: current.space)
    }

    /// Returns the tag of the published boards, or nil if there are none.
    public func tag() async throws(StoreError) -> String? {
        do { return try await redis.command("HGET", names.catalogue, "tag").string } catch { throw StoreError(error) }
    }

    /// Returns the published boards and their tag, or nil if there are none.
    public func read() async throws(StoreError) -> (tag: String, boards: BoardList)? {
        let reply: RESPValue
        do { reply = try await redis.command("HMGET", names.catalogue, "tag", "boards") } catch {
            throw StoreError(error)
        }
        guard let fields = reply.array, fields.count == 2, let tag = fields[0].string else { return nil }
        guard case .bulkString(let text) = fields[1] else {
            throw StoreError(.corrupt, "the published boards have no text")
        }
        let boards = text.withUnsafeBytes { bytes in
            Result { () throws(JSONError) in try BoardCodec.decode(bytes) }
        }
        do {
            return (tag, try boards.get())
        } catch {
            throw StoreError(.corrupt, "the published boards cannot be read: \(error.message)")
        }
    }

    /// Publishes boards if the published tag is still `seen`; nil if none were published.
    ///
    /// - Returns: false if another tag is published by now.
    package func publish(_ boards: PublishedBoards, inPlaceOf seen: String?) async throws(StoreError) -> Bool {
        do {
            return try await redis.evaluate(
                Scripts.boards, keys: [names.catalogue],
                arguments: [seen ?? "", boards.tag, boards.text, names.channel]
            ).int64 == 1
        } catch {
            throw StoreError(error)
        }
    }

    /// Publishes the tops of all windows of a board again under their next versions, because their size has changed. A
    /// closed partition has no tops.
    package func tellTops(of board: Board) async throws(StoreError) {
        do {
            _ = try await current.turned(board, board.windows, again: true)
        } catch  where error.kind == .closed {
        }
    }

    /// Calls `changed` when boards are published, for as long as the feed lives.
    public func follow(on feed: RedisTopFeed, changed: @escaping @Sendable () -> Void) {
        feed.listen(names.channel) { _ in changed() }
    }
}
