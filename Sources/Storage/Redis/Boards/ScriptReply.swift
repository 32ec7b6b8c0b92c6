import Leaderboard
import RedisClient

/// The replies that several scripts have in common.
enum ScriptReply {
    /// Returns the reply of a script.
    ///
    /// - Throws: the errors of Redis; `closed` for a closed partition; `unavailable` for a board that has another form
    ///   by now, until this node knows it.
    static func value(
        _ result: Result<RESPValue, RedisError>, of script: RedisScript, board: Board
    ) throws(StoreError) -> RESPValue {
        let reply: RESPValue
        do { reply = try result.get().checked() } catch { throw StoreError(error) }
        if reply.isNull { throw StoreError(.closed, "the partition of board \(board.id) is closed") }
        if says(reply, "form") {
            throw StoreError(.unavailable, "board \(board.id) has a newer form than this node knows")
        }
        return reply
    }

    /// Whether a reply is this word.
    static func says(_ reply: RESPValue, _ word: StaticString) -> Bool {
        guard let bytes = reply.bytes else { return false }
        return word.withUTF8Buffer { bytes.elementsEqual($0) }
    }

    static func malformed(_ script: RedisScript, _ reply: RESPValue) -> StoreError {
        StoreError(.corrupt, "the script \(script.name) gave a malformed reply: \(reply)")
    }
}
