import Leaderboard
import RedisClient

/// Makes a period the current one of its window, through `lua/turn.lua`.
enum WindowTurn {
    /// The times that the script replies with, in ms since 1970.
    struct Times: Sendable {
        /// Redis' clock.
        var now: Int64
        /// The time that decides which period is current: the clock, or the start of the current period if the clock
        /// has gone back.
        var counting: Int64
    }

    /// - Parameter again: whether the top gets a new version in any case.
    static func send(
        _ current: CurrentPeriod, again: Bool = false, on redis: RedisClient,
        completion: @escaping @Sendable (Result<Times, StoreError>) -> Void
    ) {
        redis.evaluate(
            Scripts.turn, keys: 2,
            { encoder in
                let keys = current.keys
                encoder.append(keys.partition.meta)
                encoder.append(keys.ranking)
                encoder.append(keys.formField)
                encoder.append(current.board.generation)
                encoder.append(keys.versionField)
                encoder.append(keys.periodField)
                encoder.append(keys.channel)
                encoder.append(Int64(current.board.top))
                encoder.append(current.period.name)
                encoder.append(current.stampedStart)
                encoder.append(current.span.lowerBound)
                encoder.append(current.span.upperBound)
                encoder.append(again ? "again" : "")
            }, argumentCount: 13
        ) { completion(times($0, current.board)) }
    }

    static func run(
        _ current: CurrentPeriod, again: Bool = false, on redis: RedisClient
    ) async throws(StoreError) -> Times {
        let result = await withCheckedContinuation { continuation in
            send(current, again: again, on: redis) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    private static func times(_ result: Result<RESPValue, RedisError>, _ board: Board) -> Result<Times, StoreError> {
        Result { () throws(StoreError) in
            let reply = try ScriptReply.value(result, of: Scripts.turn, board: board)
            guard let parts = reply.array, parts.count == 2, let now = parts[0].int64, let counting = parts[1].int64
            else { throw ScriptReply.malformed(Scripts.turn, reply) }
            return Times(now: now, counting: counting)
        }
    }
}
