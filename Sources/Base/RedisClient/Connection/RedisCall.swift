/// What waits for a reply on a connection. Kept inline in the queue: no object is made for a command.
package enum RedisCall {
    /// A command of a caller.
    case command(RedisClient.Completion)
    /// An `EVALSHA` of a caller, with what is needed to send it again after `NOSCRIPT`.
    case script(RedisScriptCall)
    /// A `SCRIPT LOAD` of our own.
    case load(RedisScript)

    /// Tells the caller that the call has failed. Our own calls have nobody to tell.
    func fail(_ error: RedisError) {
        switch self {
        case .command(let completion): completion(.failure(error))
        case .script(let call): call.completion(.failure(error))
        case .load: break
        }
    }
}
