/// A call that waits for its reply. Kept inline in the queue: no object is allocated for a command.
package enum RedisCall {
    /// A command of a caller.
    case command(RedisClient.Completion)
    /// An `EVALSHA` of a caller, with what is needed to send it again after `NOSCRIPT`.
    case script(RedisScriptCall)
    /// A `SCRIPT LOAD` of our own.
    case load(RedisScript)

    /// Tells the caller that the call has failed. Nobody waits for our own calls.
    func fail(_ error: RedisError) {
        switch self {
        case .command(let completion): completion(.failure(error))
        case .script(let call): call.completion(.failure(error))
        case .load: break
        }
    }
}
