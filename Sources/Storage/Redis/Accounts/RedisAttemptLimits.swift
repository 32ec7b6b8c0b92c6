import Accounts
import Basics
import Leaderboard
import RedisClient

/// The limits on logins and registrations in Redis, through `lua/attempt.lua` and `lua/limit.lua`.
package struct RedisAttemptLimits: AttemptLimits {
    private let redis: RedisClient
    private let rule: AttemptRule
    private let keys: LimitKeys

    /// - Parameter redis: a client of a primary.
    package init(redis: RedisClient, rule: AttemptRule = AttemptRule()) {
        self.redis = redis
        self.rule = rule
        keys = LimitKeys(in: KeySpace(redis.configuration))
    }

    /// See `AttemptLimits`.
    package func begin(_ attempt: Attempt) async throws(StoreError) -> Int64? {
        try await run(attempt, account: "try \(rule.accountFailures)", address: "try \(rule.addressFailures)")
    }

    /// See `AttemptLimits`.
    package func succeeded(_ attempt: Attempt) async throws(StoreError) {
        _ = try await run(attempt, account: "clear", address: "back")
    }

    /// See `AttemptLimits`.
    package func takeBack(_ attempt: Attempt) async throws(StoreError) {
        _ = try await run(attempt, account: "back", address: "back")
    }

    /// See `AttemptLimits`.
    package func admit(_ limit: HourlyLimit, for key: LimitKey) async throws(StoreError) -> Int64? {
        let rate = GCRA(microsecondsOf: limit.rate)
        return try await run(
            Scripts.limit, keys: [self.keys.hourly(limit, key)], [String(rate.interval), String(rate.tolerance)])
    }

    private func run(_ attempt: Attempt, account: String, address: String) async throws(StoreError) -> Int64? {
        let counted = [(attempt.account, account)] + (attempt.address.map { [($0, address)] } ?? [])
        let times = [rule.firstWait, rule.longestWait, rule.memory].map { String($0.wholeMilliseconds) }
        return try await run(
            Scripts.attempt, keys: counted.map { keys.attempts($0.0) }, times + counted.map(\.1))
    }

    private func run(
        _ script: RedisScript, keys: [String], _ arguments: [String]
    ) async throws(StoreError) -> Int64? {
        let reply: RESPValue
        do { reply = try await redis.evaluate(script, keys: keys, arguments: arguments) } catch {
            throw StoreError(error)
        }
        guard let wait = reply.int64, wait >= 0 else { throw ScriptReply.malformed(script, reply) }
        return wait == 0 ? nil : wait
    }
}
