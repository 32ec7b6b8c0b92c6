import Leaderboard
import RedisClient

/// Takes deleted users out of Redis, through `lua/erase.lua` and `lua/pseudonym.lua`.
public struct RedisErasureHub: ErasureHub {
    private let current: CurrentPeriods
    private let sealer: RedisPeriodSealer

    /// - Parameters:
    ///   - redis: a client that has `Scripts.all` registered.
    ///   - partitioning: maps boards to partitions.
    public init(redis: RedisClient, partitioning: Partitioning) {
        current = CurrentPeriods(redis: redis, partitioning: partitioning)
        sealer = RedisPeriodSealer(redis: redis, partitioning: partitioning)
    }

    /// See `ErasureHub`.
    public func now() async throws(StoreError) -> Int64 { try await current.now() }

    /// See `ErasureHub`.
    public func erase(
        _ erasure: Erasure, from board: Board, writesEvent: Bool, before deadline: Int64
    ) async throws(StoreError) -> BoardErasure {
        let partition = current.partitioning.partition(of: board)
        let keys = BoardKeys(Ranking(board: board.id), partition: partition, in: current.space)
        for _ in 0..<CurrentPeriods.triesMax {
            var arguments = [
                board.id, String(board.generation), board.rules.ties.rawValue, String(board.top), erasure.userID,
                erasure.pseudonym, writesEvent ? "event" : "", String(deadline), keys.partition.tag + ":",
            ]
            for period in try await current.turned(board, board.windows) {
                arguments += [period.window.name, period.keys.channel, period.period.name, period.stampedStart]
                arguments.append(String(period.span.upperBound))
            }
            let reply = try await run(
                Scripts.erase, [keys.partition.meta, keys.partition.outbox, keys.open, keys.seals], arguments, board)
            if ScriptReply.says(reply, "turn") { continue }
            if ScriptReply.says(reply, "late") { throw StoreError(.conflict, "the call to erase a user is too late") }
            if ScriptReply.says(reply, "due") {
                for due in try await sealer.due(partition: partition, limit: .max) where due.ranking.board == board.id {
                    _ = try await sealer.seal(due.ranking, board: board, endsAt: due.cut - board.graceMilliseconds)
                }
                continue
            }
            guard let parts = reply.array, parts.count == 4, let epoch = parts[0].string,
                let seq = parts[1].string.flatMap({ Int64($0) }), let at = parts[2].string.flatMap({ Int64($0) }),
                let signature = parts[3].string
            else { throw ScriptReply.malformed(Scripts.erase, reply) }
            return BoardErasure(
                board: board.id, partition: partition, epoch: epoch, seq: seq, at: at,
                signature: signature.isEmpty ? nil : signature)
        }
        throw CurrentPeriods.changing
    }

    /// See `ErasureHub`.
    public func rename(_ erasure: Erasure, on board: Board, upTo end: BoardErasure) async throws(StoreError) {
        let partition = current.partitioning.partition(of: board)
        guard partition == end.partition else { return }
        let keys = BoardKeys(Ranking(board: board.id), partition: partition, in: current.space)
        var arguments = [
            board.id, board.rules.ties.rawValue, String(board.top), erasure.userID, erasure.pseudonym, String(end.seq),
            String(end.at), keys.partition.tag + ":",
        ]
        for period in try await current.turned(board, board.windows) {
            arguments += [period.window.name, period.keys.channel, period.period.name]
        }
        let reply = try await run(
            Scripts.pseudonym, [keys.partition.meta, keys.partition.outbox, keys.seals], arguments, board)
        guard reply.int64 != nil else { throw ScriptReply.malformed(Scripts.pseudonym, reply) }
    }

    private func run(
        _ script: RedisScript, _ keys: [String], _ arguments: [String], _ board: Board
    ) async throws(StoreError) -> RESPValue {
        let result: Result<RESPValue, RedisError>
        do {
            result = .success(try await current.redis.evaluate(script, keys: keys, arguments: arguments))
        } catch {
            result = .failure(error)
        }
        return try ScriptReply.value(result, of: script, board: board)
    }
}
