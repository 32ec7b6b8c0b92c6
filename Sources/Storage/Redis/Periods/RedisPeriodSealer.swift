import Leaderboard
import RedisClient

/// Seals periods in Redis, through `lua/seal.lua` and `lua/drop.lua`.
public struct RedisPeriodSealer: PeriodSealer {
    private let current: CurrentPeriods

    /// - Parameters:
    ///   - redis: a client that has `Scripts.all` registered.
    ///   - partitioning: maps boards to partitions.
    public init(redis: RedisClient, partitioning: Partitioning) {
        current = CurrentPeriods(redis: redis, partitioning: partitioning)
    }

    /// See `PeriodSealer`. Those that are due for the longest time come first.
    public func due(partition: Int, limit: Int) async throws(StoreError) -> [DueRanking] {
        try await open(partition, from: "-inf", to: String(try await current.now()), offset: 0, limit: limit)
    }

    /// See `PeriodSealer`.
    public func waiting(partition: Int, offset: Int, limit: Int) async throws(StoreError) -> [DueRanking] {
        let now = try await current.now()
        return try await open(partition, from: "(\(now)", to: "(+inf", offset: offset, limit: limit)
    }

    /// Reads the rankings of a partition whose cuts are in a range.
    private func open(
        _ partition: Int, from first: String, to last: String, offset: Int, limit: Int
    ) async throws(StoreError) -> [DueRanking] {
        let open = keys(Ranking(board: ""), partition).open
        let reply: RESPValue
        do {
            reply = try await current.redis.command(
                "ZRANGEBYSCORE", open, first, last, "WITHSCORES", "LIMIT", String(offset), String(limit))
        } catch {
            throw StoreError(error)
        }
        guard let list = reply.array, list.count.isMultiple(of: 2) else {
            throw StoreError(.corrupt, "ZRANGEBYSCORE is malformed: \(reply)")
        }
        var found: [DueRanking] = []
        for index in stride(from: 0, to: list.count, by: 2) {
            guard let ranking = list[index].string.flatMap(BoardKeys.ranking), let cut = list[index + 1].int64 else {
                throw StoreError(.corrupt, "\(open) holds something else than rankings: \(list[index])")
            }
            found.append(DueRanking(ranking: ranking, cut: cut))
        }
        return found
    }

    /// See `PeriodSealer`.
    public func reschedule(
        _ ranking: Ranking, partition: Int, from found: Int64?, cut: Int64?
    ) async throws(StoreError) {
        let keys = keys(ranking, partition)
        do {
            try await current.redis.evaluate(
                Scripts.reschedule, keys: [keys.open, keys.seals],
                arguments: [keys.name, cut.map { String($0) } ?? "+inf", found.map { String($0) } ?? ""])
        } catch {
            throw StoreError(error)
        }
    }

    /// See `PeriodSealer`. Throws `conflict` if the ranking may not be sealed yet by Redis' clock.
    public func seal(_ ranking: Ranking, board: Board, endsAt: Int64) async throws(StoreError) -> SealOutcome {
        let keys = keys(ranking, current.partitioning.partition(of: board))
        let result: Result<RESPValue, RedisError>
        do {
            result = .success(
                try await current.redis.evaluate(
                    Scripts.seal,
                    keys: [
                        keys.partition.meta, keys.partition.outbox, keys.open, keys.seals, keys.ranking, keys.members,
                        keys.levels,
                    ],
                    arguments: [
                        ranking.board, ranking.window, ranking.period, String(endsAt),
                        "\(board.rules.order.rawValue) \(board.rules.ties.rawValue)", String(board.generation),
                    ]))
        } catch {
            result = .failure(error)
        }
        let reply = try ScriptReply.value(result, of: Scripts.seal, board: board)
        if ScriptReply.says(reply, "early") { throw StoreError(.conflict, "\(keys.name) may not be sealed yet") }
        guard let seq = reply.int64 else { throw ScriptReply.malformed(Scripts.seal, reply) }
        return seq == 0 ? .empty : .sealed(seq: seq)
    }

    /// See `PeriodSealer`.
    public func drop(
        _ ranking: Ranking, partition: Int, if condition: DropCondition?, keepingTop: Int
    ) async throws(StoreError) {
        let wanted =
            switch condition {
            case .sealed(let seq): "seal \(seq)"
            case .due(let cut): "cut \(cut)"
            case nil: ""
            }
        let keys = keys(ranking, partition)
        do {
            try await current.redis.evaluate(
                Scripts.drop, keys: [keys.open, keys.seals, keys.ranking, keys.members, keys.levels],
                arguments: [keys.name, String(keepingTop), wanted])
        } catch {
            throw StoreError(error)
        }
    }

    private func keys(_ ranking: Ranking, _ partition: Int) -> BoardKeys {
        BoardKeys(ranking, partition: partition, in: current.space)
    }
}
