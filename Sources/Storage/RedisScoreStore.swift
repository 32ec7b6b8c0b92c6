import Leaderboard
import RedisClient

/// Score updates in Redis, through `lua/apply.lua`.
public struct RedisScoreStore: ScoreWriter {
    private let redis: RedisClient
    private let settings: WriteSettings
    private let keys: RankingKeyCache
    private let rate: [UpdateLimit]

    /// - Parameters:
    ///   - redis: a client that has `Scripts.all` registered.
    ///   - settings: partitions, limits and lifetimes.
    public init(redis: RedisClient, settings: WriteSettings) {
        self.redis = redis
        self.settings = settings
        keys = RankingKeyCache(partitioning: settings.partitioning)
        rate = settings.rateLimit.map { [.rate($0)] } ?? []
    }

    /// Applies one update; see `ScoreWriter`.
    public func apply(_ update: ScoreUpdate, completion: @escaping @Sendable (Result<ApplyOutcome, StoreError>) -> Void)
    {
        let keys = keys.keys(of: update.ranking, board: update.board)
        let limits = update.limits.isEmpty ? rate : rate + update.limits
        let encode: @Sendable (inout RESPEncoder) -> Void = { [self] encoder in
            encoder.append(keys.partition.meta)
            encoder.append(keys.partition.receiptPrefix + update.signature)
            encoder.append(keys.partition.outbox)
            encoder.append(keys.ranking)
            encoder.append(keys.members)
            for limit in limits { encoder.append(keys.key(of: limit, update)) }
            encoder.append(update.userID)
            encoder.append(update.amount)
            if let submitted = update.submittedScore { encoder.append(submitted) } else { encoder.append("-") }
            encoder.append(LedgerEventCodec.event(of: update))
            encoder.append(settings.receiptLifetimeMilliseconds)
            encoder.append(Int64(update.board.top))
            encoder.append(keys.versionField)
            encoder.append(keys.channel)
            for limit in limits {
                encoder.append(limit.name.rawValue)
                encoder.append(limit.scriptNumbers(amount: update.amount).0)
                encoder.append(limit.scriptNumbers(amount: update.amount).1)
            }
        }
        redis.evaluate(
            Scripts.apply, keys: 5 + limits.count, encode, argumentCount: 13 + 4 * limits.count
        ) { result in
            switch result {
            case .success(let reply): completion(ApplyReply.outcome(reply))
            case .failure(let error): completion(.failure(StoreError(error)))
            }
        }
    }
}

extension RankingKeys {
    /// The key of a limit for the user of an update.
    func key(of limit: UpdateLimit, _ update: ScoreUpdate) -> String {
        switch limit {
        case .rate: ratePrefix + update.userID
        case .cooldown: "\(partition.tag):cooldown:\(update.action):\(update.userID)"
        case .daily(_, let day): "\(partition.tag):daily:\(update.action):\(day):\(update.userID)"
        case .velocity: "\(partition.tag):velocity:\(update.ranking.board):\(update.userID)"
        }
    }
}

extension UpdateLimit {
    /// How long the count of a day is kept, in ms: the day, and as long again for action ids that come late.
    private static let dayLifetimeMilliseconds: Int64 = 2 * 86_400_000

    /// What `lua/apply.lua` gets for a limit: for a day's count the count and a lifetime, else GCRA's cost and tolerance in µs.
    func scriptNumbers(amount: Int64) -> (Int64, Int64) {
        switch self {
        case .rate(let limit): return (limit.intervalMicroseconds, limit.toleranceMicroseconds)
        case .cooldown(let seconds): return (Int64(seconds) * 1_000_000, Int64(seconds) * 1_000_000)
        case .daily(let count, _): return (Int64(count), Self.dayLifetimeMilliseconds)
        case .velocity(let limit):
            let (cost, overflow) = limit.intervalMicroseconds.multipliedReportingOverflow(by: max(0, amount))
            // More points than the period's at once never pass; any number past the tolerance says so.
            let bounded = overflow ? limit.toleranceMicroseconds + 1 : min(cost, limit.toleranceMicroseconds + 1)
            return (bounded, limit.toleranceMicroseconds)
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
        let words = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        switch (words.first, words.count) {
        case ("applied", 3): return receipt(words).map { .applied($0) }
        case ("replayed", 3): return receipt(words).map { .replayed($0) }
        case ("limited", 3): return Int64(words[2]).flatMap { limited(String(words[1]), retryAfter: $0) }
        case ("reused", 1): return .actionIDReused
        case ("bounds", 1): return .outOfBounds
        case ("closed", 1): return .closed
        default: return nil
        }
    }

    private static func receipt(_ words: [Substring]) -> Receipt? {
        guard let score = Int64(words[1]), let rank = Int64(words[2]) else { return nil }
        return Receipt(score: score, rank: rank)
    }

    private static func limited(_ name: String, retryAfter: Int64) -> ApplyOutcome? {
        switch UpdateLimit.Name(rawValue: name) {
        case .rate: .rateLimited(retryAfterMilliseconds: retryAfter)
        case .cooldown: .actionLimited(.cooldown, retryAfterMilliseconds: retryAfter)
        case .daily: .actionLimited(.daily, retryAfterMilliseconds: retryAfter)
        case .velocity: .velocityExceeded
        case nil: nil
        }
    }
}

extension StoreError {
    /// What a Redis error means to those who asked.
    init(_ error: RedisError) {
        self.init(.unavailable, "redis: \(error)")
    }
}
