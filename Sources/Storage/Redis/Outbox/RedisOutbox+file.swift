import Leaderboard
import RedisClient

extension RedisOutbox {
    /// See `Outbox`.
    public func rewriteFile(run: String, isAsked: Bool, mayAsk: Bool) async throws(StoreError) -> FileRewriting {
        let replies = try await pipeline([["INFO", "server"], ["INFO", "persistence"]])
        var facts = RedisServerFacts()
        facts.add(info: replies[0])
        guard facts.runID == run else { return .underway }
        let info = RedisInfo(replies[1])
        guard info["aof_enabled"] == "1" else { return .done }
        if info["aof_rewrite_in_progress"] == "1" || info["aof_rewrite_scheduled"] == "1" { return .underway }
        if isAsked && info["aof_last_bgrewrite_status"] == "ok" { return .done }
        guard mayAsk else { return .underway }
        let reply: RESPValue?
        do { reply = try await redis.pipeline([["BGREWRITEAOF"]]).first } catch { throw StoreError(error) }
        // Other errors pass: a rewrite that is in progress already, or a lack of memory.
        guard let refusal = reply?.error, refusal.code == "NOPERM" || refusal.message.hasPrefix("unknown command")
        else { return .underway }
        return .impossible("\(refusal)")
    }

    /// See `Outbox`.
    public func noteRewritten(partition: Int, run: String) async throws(StoreError) {
        do {
            _ = try await redis.evaluate(Scripts.rewritten, keys: [partitions[partition].meta], arguments: [run])
        } catch {
            throw StoreError(error)
        }
    }
}
