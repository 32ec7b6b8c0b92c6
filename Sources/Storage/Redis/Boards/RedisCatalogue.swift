import Leaderboard
import RedisClient
import StrictJSON

/// The boards and actions as they are published in Redis, for nodes without Postgres.
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

    /// The tags of what is published.
    package struct Tags: Sendable, Equatable {
        /// The tag of the boards; nil if there are none.
        package var boards: String?
        /// The tag of the actions; nil if a node of a version before was the first to publish.
        package var actions: String?

        /// Creates tags.
        package init(boards: String?, actions: String?) {
            self.boards = boards
            self.actions = actions
        }
    }

    /// Returns the tags of the published boards and actions.
    package func tags() async throws(StoreError) -> Tags {
        let fields = try await fields("tag", "actions_tag")
        return Tags(boards: fields[0].string, actions: fields[1].string)
    }

    /// Returns the published boards and their tag, or nil if there are none.
    public func read() async throws(StoreError) -> (tag: String, boards: BoardList)? {
        let fields = try await fields("tag", "boards")
        guard let tag = fields[0].string else { return nil }
        return (tag, try Self.boards(fields[1]))
    }

    /// Returns the published catalogue. Its boards that cannot be run are not known.
    ///
    /// - Returns: nil if there is none, or if the actions are not those of the boards' revision: nodes of a version
    ///   before publish the boards alone.
    public func readCatalogue() async throws(StoreError) -> Catalogue? {
        let fields = try await fields("boards", "actions")
        guard case .bulkString(let text) = fields[1], !text.isEmpty else { return nil }
        let boards = try Self.boards(fields[0])
        let decoded = text.withUnsafeBytes { bytes in
            Result { () throws(JSONError) in try ActionCodec.decode(bytes) }
        }
        do {
            let (revision, actions) = try decoded.get()
            guard revision == boards.revision else { return nil }
            return Catalogue(actions: actions, boards: boards.boards, revision: revision)
        } catch {
            throw StoreError(.corrupt, "the published actions cannot be read: \(error.message)")
        }
    }

    private static func boards(_ field: RESPValue) throws(StoreError) -> BoardList {
        guard case .bulkString(let text) = field else {
            throw StoreError(.corrupt, "the published boards have no text")
        }
        let boards = text.withUnsafeBytes { bytes in
            Result { () throws(JSONError) in try BoardCodec.decode(bytes) }
        }
        do {
            return try boards.get()
        } catch {
            throw StoreError(.corrupt, "the published boards cannot be read: \(error.message)")
        }
    }

    private func fields(_ first: String, _ second: String) async throws(StoreError) -> [RESPValue] {
        let reply: RESPValue
        do { reply = try await redis.command("HMGET", names.catalogue, first, second) } catch {
            throw StoreError(error)
        }
        guard let fields = reply.array, fields.count == 2 else {
            throw StoreError(.corrupt, "HMGET is malformed: \(reply)")
        }
        return fields
    }

    /// Publishes boards and actions if the published tag of boards is still `seen`; nil if none were published. The
    /// tag has the revision of the catalogue, which also counts changes of actions.
    ///
    /// - Returns: false if another tag is published by now.
    package func publish(
        _ boards: PublishedBoards, _ actions: PublishedActions, inPlaceOf seen: String?
    ) async throws(StoreError) -> Bool {
        do {
            return try await redis.evaluate(
                Scripts.boards, keys: [names.catalogue],
                arguments: [seen ?? "", boards.tag, boards.text, names.channel, actions.tag, actions.text]
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
