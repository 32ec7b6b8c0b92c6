/// One call of a script.
package struct RedisScriptCall {
    let script: RedisScript
    let keys: Int
    let argumentCount: Int
    /// Whether this is already the second try.
    var isRetry = false
    let encodeArguments: @Sendable (inout RESPEncoder) -> Void
    let completion: RedisClient.Completion

    /// `EVALSHA sha1 numkeys key… arg…`
    /// - Parameter runID: the `run_id` of the connection's server, for scripts that take it.
    func encode(into encoder: inout RESPEncoder, runID: String) {
        encoder.begin(argumentCount: 3 + argumentCount + (script.takesRunID ? 1 : 0))
        encoder.append(encoded: script.storage.encodedCall, count: 2)
        encoder.append(Int64(keys))
        encodeArguments(&encoder)
        if script.takesRunID { encoder.append(runID) }
    }
}
