import NIOCore

/// The same for tasks, for callers to whom a hop does not matter. Cancelling the task does not take a command back; the
/// timeouts end the wait.
extension RedisClient {
    /// Sends a command and waits for its reply.
    /// - Throws: the errors of `send`, and `.server` if the reply is an error.
    @discardableResult
    public func command(_ arguments: String...) async throws(RedisError) -> RESPValue {
        try await command(arguments)
    }

    /// Sends a command and waits for its reply.
    /// - Throws: the errors of `send`, and `.server` if the reply is an error.
    @discardableResult
    public func command(_ arguments: [String]) async throws(RedisError) -> RESPValue {
        try await command { $0.append(command: arguments) }
    }

    /// Sends a command with arguments which are not text, and waits for its reply.
    /// - Throws: the errors of `send`, and `.server` if the reply is an error.
    @discardableResult
    public func command(_ encode: (inout RESPEncoder) -> Void) async throws(RedisError) -> RESPValue {
        let result = await withCheckedContinuation { continuation in
            send(encode) { continuation.resume(returning: $0) }
        }
        return try result.get().checked()
    }

    /// Sends commands on one connection in one write, so that they are executed in order, and waits for all replies.
    /// Commands of others may be executed between them, unless `MULTI` and `EXEC` are around them.
    /// - Returns: one reply for each command, in order. Error replies are values, since the others count too.
    /// - Throws: the errors of `send`. With `.unknownOutcome` any of the commands may have been executed.
    public func pipeline(_ commands: [[String]]) async throws(RedisError) -> [RESPValue] {
        guard !commands.isEmpty else { return [] }
        var encoder = RESPEncoder()
        for command in commands { encoder.append(command: command) }
        guard encoder.takeCommandCount() == commands.count else { throw .invalidCommand }
        let encoded = encoder.buffer
        let result = await withCheckedContinuation { continuation in
            // All replies come on one event loop, in order, so the lock is never waited for.
            let replies = PipelineReplies(count: commands.count) { continuation.resume(returning: $0) }
            send(commands.map { _ in .command { replies.add($0) } }, encoded: encoded)
        }
        return try result.get()
    }

    /// Calls a script and waits for its reply, see `evaluate(_:keys:_:argumentCount:completion:)`.
    /// - Throws: the errors of `send`, and `.server` if the reply is an error.
    @discardableResult
    public func evaluate(
        _ script: RedisScript, keys: [String] = [], arguments: [String] = []
    ) async throws(RedisError) -> RESPValue {
        let result = await withCheckedContinuation { continuation in
            evaluate(
                script, keys: keys.count,
                { encoder in
                    for key in keys { encoder.append(key) }
                    for argument in arguments { encoder.append(argument) }
                }, argumentCount: keys.count + arguments.count
            ) { continuation.resume(returning: $0) }
        }
        return try result.get().checked()
    }

    /// Waits until all connections are up.
    /// - Throws: `.timedOut`, `.shutDown` if the client shut down first or the task was cancelled.
    public func waitUntilConnected(timeout: Duration) async throws(RedisError) {
        let states = connectionStates()
        let isConnected = await withTaskGroup(of: Bool?.self) { group in
            group.addTask {
                for await state in states where state.isConnected { return true }
                return false
            }
            group.addTask {
                try? await Task.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        switch isConnected {
        case true?: return
        case false?: throw RedisError(.shutDown, "the Redis client was shut down before it was connected")
        case nil: throw RedisError(.timedOut, "Redis was not connected within \(timeout)")
        }
    }
}
