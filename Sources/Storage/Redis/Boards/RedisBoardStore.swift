import Leaderboard
import RedisClient

/// What administrators and the calendar do to boards in Redis, through `lua/stamp.lua`, `lua/remove.lua` and
/// `lua/turn.lua`.
public struct RedisBoardStore: BoardStore {
    private let current: CurrentPeriods

    /// - Parameters:
    ///   - redis: a client that has `Scripts.all` registered.
    ///   - partitioning: maps boards to partitions.
    public init(redis: RedisClient, partitioning: Partitioning) {
        current = CurrentPeriods(redis: redis, partitioning: partitioning)
    }

    /// See `BoardStore`. Throws `conflict` if the board has got a newer form in the meantime.
    public func stamp(_ board: Board, from old: Board?, emptying: Bool) async throws(StoreError) -> Bool {
        let home = current.partitioning.partition(of: board)
        guard let left = old.map(current.partitioning.partition), left != home else {
            return try await stamp(board, from: old, in: home, emptying: emptying)
        }
        // The partition with the scores comes first: after its stamp no update of the old form counts there. Anything
        // that the new one has was left behind by an earlier board of that name.
        guard try await stamp(board, from: old, in: left, emptying: emptying) else { return false }
        return try await stamp(board, from: nil, in: home, emptying: true)
    }

    private func stamp(
        _ board: Board, from old: Board?, in partition: Int, emptying: Bool
    ) async throws(StoreError) -> Bool {
        for _ in 0..<CurrentPeriods.triesMax {
            let time = try await current.now()
            let periods = try current.periods(board, board.windows, at: time, partition: partition)
            let keys = BoardKeys(Ranking(board: board.id), partition: partition, in: current.space)
            var arguments = [board.id, String(board.generation), emptying ? "empty" : "", keys.partition.tag + ":"]
            for period in periods {
                arguments += [period.window.name, period.keys.channel, period.period.name, period.stampedStart]
                arguments += [period.span.lowerBound, period.span.upperBound].map { String($0) }
            }
            let reply = try await run(
                Scripts.stamp, keys: [keys.partition.meta, keys.partition.outbox, keys.open, keys.seals], arguments,
                board)
            if ScriptReply.says(reply, "newer") {
                throw StoreError(.conflict, "board \(board.id) has got a newer form")
            }
            if ScriptReply.says(reply, "turn") { continue }
            if ScriptReply.says(reply, "due") {
                try await sealDue(of: old ?? board, in: partition)
                continue
            }
            guard let isStamped = reply.int64 else { throw ScriptReply.malformed(Scripts.stamp, reply) }
            return isStamped == 1
        }
        throw CurrentPeriods.changing
    }

    /// Seals the rankings of a board that are over by its old form, so that they are archived by that.
    private func sealDue(of board: Board, in partition: Int) async throws(StoreError) {
        let sealer = RedisPeriodSealer(redis: current.redis, partitioning: current.partitioning)
        for due in try await sealer.due(partition: partition, limit: .max) where due.ranking.board == board.id {
            _ = try await sealer.seal(due.ranking, board: board, endsAt: due.cut - board.graceMilliseconds)
        }
    }

    /// See `BoardStore`.
    public func reset(_ board: Board, windows: [Window]) async throws(StoreError) {
        _ = try await remove("", board, windows)
    }

    /// See `BoardStore`.
    public func deleteUser(_ userID: String, of board: Board) async throws(StoreError) -> Bool {
        try await remove(userID, board, board.windows) > 0
    }

    /// Removes a user, or with an empty name all users. Returns the number of rankings that have changed.
    private func remove(_ userID: String, _ board: Board, _ windows: [Window]) async throws(StoreError) -> Int64 {
        guard !windows.isEmpty else { return 0 }
        for _ in 0..<CurrentPeriods.triesMax {
            let periods = try await current.turned(board, windows)
            let first = periods[0].keys
            var keys = [first.partition.meta, first.partition.outbox, first.open, first.seals]
            var arguments = [
                board.id, String(board.generation), board.rules.ties.rawValue, String(board.top), userID,
            ]
            for period in periods {
                keys += [period.keys.ranking, period.keys.members, period.keys.levels]
                arguments += [period.window.name, period.keys.channel, period.period.name, period.stampedStart]
                arguments.append(String(period.span.upperBound))
            }
            let reply = try await run(Scripts.remove, keys: keys, arguments, board)
            if ScriptReply.says(reply, "turn") { continue }
            guard let count = reply.int64 else { throw ScriptReply.malformed(Scripts.remove, reply) }
            return count
        }
        throw CurrentPeriods.changing
    }

    private func run(
        _ script: RedisScript, keys: [String], _ arguments: [String], _ board: Board
    ) async throws(StoreError) -> RESPValue {
        let result: Result<RESPValue, RedisError>
        do {
            result = .success(try await current.redis.evaluate(script, keys: keys, arguments: arguments))
        } catch {
            result = .failure(error)
        }
        return try ScriptReply.value(result, of: script, board: board)
    }

    /// See `BoardStore`.
    public func counts(_ board: Board, window: Window, periods: [Period]) async throws(StoreError) -> [Int64] {
        let partition = current.partitioning.partition(of: board)
        let commands = periods.map { period in
            let ranking = Ranking(board: board.id, window: window.name, period: period.name)
            return ["ZCARD", BoardKeys(ranking, partition: partition, in: current.space).ranking]
        }
        let replies: [RESPValue]
        do { replies = try await current.redis.pipeline(commands) } catch { throw StoreError(error) }
        var counts: [Int64] = []
        for reply in replies {
            guard let count = reply.int64 else { throw StoreError(.corrupt, "ZCARD is malformed: \(reply)") }
            counts.append(count)
        }
        return counts
    }

    /// See `BoardStore`.
    public func now() async throws(StoreError) -> Int64 { try await current.now() }

    /// See `PeriodTurner`.
    public func turn(_ board: Board, window: Window, to period: Period) async throws(StoreError) -> Int64 {
        let wanted = CurrentPeriod(
            period, of: window, board: board, partition: current.partitioning.partition(of: board), in: current.space)
        return try await WindowTurn.run(wanted, on: current.redis).now
    }
}
