import Leaderboard
import RedisClient

/// Rankings as an audit reads them from Redis, through `lua/audit.lua` and `lua/audit_levels.lua`.
public struct RedisAuditRankings: AuditRankings {
    private let redis: RedisClient
    private let partitioning: Partitioning
    private let space: KeySpace

    /// Users, or levels, of one call. A script takes about a millisecond for them.
    private static let pageCount = 1000
    /// The most rankings of a partition.
    private static let rankingsMax = 200_000

    /// - Parameters:
    ///   - redis: a client that has `Scripts.all` registered.
    ///   - partitioning: maps boards to partitions.
    public init(redis: RedisClient, partitioning: Partitioning) {
        self.redis = redis
        self.partitioning = partitioning
        space = KeySpace(redis.configuration)
    }

    /// See `AuditRankings`.
    public func rankings(of board: Board) async throws(StoreError) -> [Ranking] {
        let open = keys(Ranking(board: board.id), board).open
        var found: [Ranking] = []
        for offset in stride(from: 0, to: Self.rankingsMax, by: Self.pageCount) {
            let reply: RESPValue
            do {
                reply = try await redis.command(
                    "ZRANGEBYSCORE", open, "-inf", "+inf", "LIMIT", String(offset), String(Self.pageCount))
            } catch {
                throw StoreError(error)
            }
            guard let names = reply.array else { throw Self.malformed("ZRANGEBYSCORE", reply) }
            found += names.compactMap { $0.string.flatMap(BoardKeys.ranking) }.filter { $0.board == board.id }
            if names.count < Self.pageCount { break }
        }
        return found
    }

    /// See `AuditRankings`.
    public func look(at ranking: Ranking, of board: Board, users: [String]) async throws(StoreError) -> RankingLook {
        let keys = keys(ranking, board)
        let reply: RESPValue
        do {
            reply = try await redis.evaluate(
                Scripts.audit,
                keys: [keys.partition.meta, keys.seals, keys.ranking, keys.members, keys.levels],
                arguments: [keys.name, board.rules.order.rawValue, board.rules.ties.rawValue] + users)
        } catch {
            throw StoreError(error)
        }
        guard let parts = reply.array, parts.count == 7, let seq = parts[1].int64, let isSealed = parts[2].int64,
            let userCount = parts[3].int64, let memberCount = parts[4].int64, let held = parts[5].array,
            let fits = parts[6].array, held.count == users.count, fits.count == users.count
        else { throw Self.malformed("audit", reply) }
        var look = RankingLook(
            epoch: parts[0].string, seq: seq, isSealed: isSealed == 1, counts: (userCount, memberCount), entries: [:])
        look.entries.reserveCapacity(users.count)
        for (index, user) in users.enumerated() where !held[index].isNull {
            guard let reached = held[index].bytes.flatMap({ Self.reached($0[...], ties: board.rules.ties) }) else {
                look.torn.append(user)
                continue
            }
            look.entries[ByteExact(user)] = reached
            if fits[index].int64 != 1 { look.torn.append(user) }
        }
        return look
    }

    /// See `AuditRankings`.
    public func users(
        of ranking: Ranking, of board: Board, cursor: String?
    ) async throws(StoreError) -> (users: [String], next: String?) {
        let reply: RESPValue
        do {
            reply = try await redis.command(
                "HSCAN", keys(ranking, board).members, cursor ?? "0", "COUNT", String(Self.pageCount))
        } catch {
            throw StoreError(error)
        }
        guard let parts = reply.array, parts.count == 2, let next = parts[0].string, let list = parts[1].array,
            list.count.isMultiple(of: 2)
        else { throw Self.malformed("HSCAN", reply) }
        let users = stride(from: 0, to: list.count, by: 2).compactMap { list[$0].string }
        return (users, next == "0" ? nil : next)
    }

    /// See `AuditRankings`.
    public func strayLevels(of ranking: Ranking, of board: Board) async throws(StoreError) -> Int {
        guard board.rules.ties == .dense else { return 0 }
        let keys = keys(ranking, board)
        var last = "-inf"
        var count = 0
        while true {
            let reply: RESPValue
            do {
                reply = try await redis.evaluate(
                    Scripts.auditLevels, keys: [keys.ranking, keys.levels], arguments: [last, String(Self.pageCount)])
            } catch {
                throw StoreError(error)
            }
            guard let parts = reply.array, parts.count == 2, let strays = parts[0].int64 else {
                throw Self.malformed("audit_levels", reply)
            }
            count += Int(strays)
            guard let next = parts[1].string else { return count }
            last = next
        }
    }

    /// Reads what the hash of members holds of a user: `<tie key><score> <updated at>`, without the time in places that
    /// the version before wrote.
    static func reached(_ place: ArraySlice<UInt8>, ties: BoardRules.Ties) -> ReachedScore? {
        let score = place.dropFirst(TopCodec.tieKeyLength).prefix { $0 != UInt8(ascii: " ") }
        guard let score = Int64(decimal: score), let key = Int64(decimal: place.prefix(TopCodec.tieKeyLength)) else {
            return nil
        }
        return ReachedScore(score: score, seq: ties == .last ? key : ScoreBounds.max - key)
    }

    private func keys(_ ranking: Ranking, _ board: Board) -> BoardKeys {
        BoardKeys(ranking, partition: partitioning.partition(of: board), in: space)
    }

    private static func malformed(_ command: String, _ reply: RESPValue) -> StoreError {
        StoreError(.corrupt, "\(command) is malformed: \(reply)")
    }
}
