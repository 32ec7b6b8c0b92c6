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
    func encode(into encoder: inout RESPEncoder) {
        encoder.begin(argumentCount: 3 + argumentCount)
        encoder.append(encoded: script.storage.encodedCall, count: 2)
        encoder.append(Int64(keys))
        encodeArguments(&encoder)
    }
}
