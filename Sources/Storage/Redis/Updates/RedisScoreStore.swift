import Basics
import EventLoops
import Leaderboard
import NIOCore
import NIOPosix
import RedisClient

/// Score updates in Redis, through `lua/apply.lua`.
public struct RedisScoreStore: ScoreWriter {
    let redis: RedisClient
    let partitions: [PartitionKeys]
    let partitioning: Partitioning
    private let rate: [UpdateLimit]
    private let batches: LoopLocal<ApplyBatches>

    /// - Parameters:
    ///   - redis: a client that has `Scripts.all` registered.
    ///   - settings: partitions, limits and lifetimes.
    public init(redis: RedisClient, settings: WriteSettings) {
        self.redis = redis
        let space = KeySpace(redis.configuration)
        partitioning = settings.partitioning
        partitions = settings.partitioning.all.map { PartitionKeys(partition: $0, in: space) }
        rate = settings.rateLimit.map { [.rate($0)] } ?? []
        let lifetime = settings.receiptLifetimeMilliseconds
        batches = LoopLocal(redis.eventLoops) { [partitioning] loop in
            ApplyBatches(
                eventLoop: loop, makeKeys: { TargetKeys($0, partitioning: partitioning, in: space) },
                apply: { keys, entries in Self.apply(entries, keys, receiptLifetime: lifetime, on: redis) })
        }
    }

    /// Applies one update, together with others with the same targets in the same tick of the event loop; see
    /// `ScoreWriter`.
    public func apply(_ update: ScoreUpdate, completion: @escaping @Sendable (Result<ApplyOutcome, StoreError>) -> Void)
    {
        let rate = update.isAward ? [] : rate
        let entry = ApplyBatches.Entry(
            update: update, limits: update.limits.isEmpty ? rate : rate + update.limits, completion: completion)
        if let loop = MultiThreadedEventLoopGroup.currentEventLoop, let batches = batches.value(on: loop) {
            batches.add(entry)
        } else {
            // Not from one of the client's loops.
            batches.references[0].execute { $0.add(entry) }
        }
    }

    private static func apply(
        _ entries: [ApplyBatches.Entry], _ keys: TargetKeys, receiptLifetime: Int64, on redis: RedisClient
    ) {
        let limits = entries.reduce(0) { $0 + keys.count(of: $1.limits) }
        let keyCount = keys.keys.count + entries.count + limits
        let encode: @Sendable (inout RESPEncoder) -> Void = { encoder in
            for key in keys.keys { encoder.append(key) }
            for entry in entries {
                encoder.append(keys.partition.receipts(issuedAt: entry.update.issuedAt))
                keys.forEachLimit(entry.limits, of: entry.update) { encoder.append($1) }
            }
            encoder.append(receiptLifetime)
            encoder.append(Int64(keys.targets.targets.count))
            for argument in keys.arguments { encoder.append(argument) }
            for entry in entries { encoder.append(arguments: entry, keys) }
        }
        redis.evaluate(
            Scripts.apply, keys: keyCount, encode,
            argumentCount: keyCount + 2 + keys.arguments.count + 6 * entries.count + 3 * limits
        ) { result in
            finish(entries, result)
        }
    }

    private static func finish(_ entries: [ApplyBatches.Entry], _ result: Result<RESPValue, RedisError>) {
        switch result {
        case .success(.array(let replies)) where replies.count == entries.count:
            for (entry, reply) in zip(entries, replies) {
                entry.completion(ApplyReply.outcome(reply, to: entry.update.targets))
            }
        case .success(let reply):
            let outcome: Result<ApplyOutcome, StoreError> =
                if let error = reply.error {
                    .failure(StoreError(RedisError(reply: error)))
                } else {
                    .failure(StoreError(.corrupt, "the script apply gave a malformed reply: \(reply)"))
                }
            for entry in entries { entry.completion(outcome) }
        case .failure(let error):
            for entry in entries { entry.completion(.failure(StoreError(error))) }
        }
    }
}

extension RESPEncoder {
    /// Appends the script's arguments for one update.
    fileprivate mutating func append(arguments entry: ApplyBatches.Entry, _ keys: TargetKeys) {
        let update = entry.update
        append(update.userID)
        append(update.amount)
        if let submitted = update.submittedScore { append(submitted) } else { append("-") }
        append(update.signature)
        append(LedgerEventCodec.event(of: update))
        append(Int64(keys.count(of: entry.limits)))
        keys.forEachLimit(entry.limits, of: update) { limit, _ in
            let (cost, most) = limit.scriptNumbers(amount: update.amount)
            append(limit.name.rawValue)
            append(cost)
            append(most)
        }
    }
}

extension UpdateLimit {
    /// How long a daily count is kept, in ms: the day itself, and one more for action ids that come late.
    static let dayLifetimeMilliseconds: Int64 = 2 * 86_400_000

    /// Returns the two numbers of a limit for `lua/apply.lua`: for a daily count the count and its lifetime in ms,
    /// otherwise the cost and tolerance of GCRA in µs.
    func scriptNumbers(amount: Int64) -> (Int64, Int64) {
        switch self {
        case .rate(let limit):
            let gcra = GCRA(microsecondsOf: limit)
            return (gcra.interval, gcra.tolerance)
        case .cooldown(let seconds): return (Int64(seconds) * 1_000_000, Int64(seconds) * 1_000_000)
        case .daily(let count, _): return (Int64(count), Self.dayLifetimeMilliseconds)
        case .velocity(let limit):
            let gcra = GCRA(microsecondsOf: limit)
            let (cost, overflow) = gcra.interval.multipliedReportingOverflow(by: max(0, amount))
            // More points than the period's at once never pass; any number past the tolerance says so.
            let bounded = overflow ? gcra.tolerance + 1 : min(cost, gcra.tolerance + 1)
            return (bounded, gcra.tolerance)
        }
    }
}

extension StoreError {
    /// Creates the error that a Redis error means for the callers of a store.
    init(_ error: RedisError) {
        let isAway = [.notConnected, .connectFailed, .timedOut].contains(error.code)
        self.init(.unavailable, "redis: \(error)", trouble: isAway ? .redisAway : nil)
    }
}
