import Leaderboard
import RedisClient

/// Score updates in Redis, through `lua/apply.lua`.
public struct RedisScoreStore: ScoreWriter {
    private let redis: RedisClient
    private let settings: WriteSettings
    private let keys: RankingKeyCache
    private let rateInterval: Int64
    private let rateTolerance: Int64

    /// - Parameters:
    ///   - redis: a client that has `Scripts.all` registered.
    ///   - settings: partitions, limits and lifetimes.
    public init(redis: RedisClient, settings: WriteSettings) {
        self.redis = redis
        self.settings = settings
        keys = RankingKeyCache(partitioning: settings.partitioning)
        rateInterval = settings.rateLimit?.intervalMicroseconds ?? 0
        rateTolerance = settings.rateLimit?.toleranceMicroseconds ?? 0
    }

    /// Applies one update; see `ScoreWriter`.
    public func apply(_ update: ScoreUpdate, completion: @escaping @Sendable (Result<ApplyOutcome, StoreError>) -> Void)
    {
        let keys = keys.keys(of: update.ranking, board: update.board)
        let encode: @Sendable (inout RESPEncoder) -> Void = { [self] encoder in
            encoder.append(keys.partition.meta)
            encoder.append(keys.partition.receiptPrefix + update.signature)
            encoder.append(keys.ratePrefix + update.userID)
            encoder.append(keys.partition.outbox)
            encoder.append(keys.ranking)
            encoder.append(keys.members)
            encoder.append(update.userID)
            encoder.append(update.amount)
            if let submitted = update.submittedScore { encoder.append(submitted) } else { encoder.append("-") }
            encoder.append(LedgerEventCodec.event(of: update))
            encoder.append(settings.receiptLifetimeMilliseconds)
            encoder.append(rateInterval)
            encoder.append(rateTolerance)
            encoder.append(Int64(update.board.top))
            encoder.append(keys.versionField)
            encoder.append(keys.channel)
        }
        redis.evaluate(Scripts.apply, keys: 6, encode, argumentCount: 16) { result in
            switch result {
            case .success(let reply): completion(ApplyReply.outcome(reply))
            case .failure(let error): completion(.failure(StoreError(error)))
            }
        }
    }
}

/// The replies of `lua/apply.lua`.
package enum ApplyReply {
    package static func outcome(_ reply: RESPValue) -> Result<ApplyOutcome, StoreError> {
        if let error = reply.error { return .failure(StoreError(RedisError(reply: error))) }
        guard let bytes = reply.bytes, let outcome = parse(bytes) else {
            return .failure(StoreError(.corrupt, "the script apply gave an answer of another form: \(reply)"))
        }
        return .success(outcome)
    }

    private static func parse(_ bytes: [UInt8]) -> ApplyOutcome? {
        var numbers = bytes.split(separator: UInt8(ascii: " "))
        guard !numbers.isEmpty else { return nil }
        let word = String(decoding: numbers.removeFirst(), as: UTF8.self)
        let values = numbers.compactMap { Int64(String(decoding: $0, as: UTF8.self)) }
        switch (word, values.count) {
        case ("applied", 2): return .applied(Receipt(score: values[0], rank: values[1]))
        case ("replayed", 2): return .replayed(Receipt(score: values[0], rank: values[1]))
        case ("reused", 0): return .actionIDReused
        case ("limited", 1): return .rateLimited(retryAfterMilliseconds: values[0])
        case ("bounds", 0): return .outOfBounds
        case ("closed", 0): return .closed
        default: return nil
        }
    }
}

extension StoreError {
    /// What a Redis error means to those who asked.
    init(_ error: RedisError) {
        self.init(.unavailable, "redis: \(error)")
    }
}
