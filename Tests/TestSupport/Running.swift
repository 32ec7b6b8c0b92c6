import Foundation

/// Runs `body`, and then `end`, whether `body` throws or not.
public func withCleanUp<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value, then end: () async -> Void
) async throws -> Value {
    let result: Result<Value, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    await end()
    return try result.get()
}

/// Runs `body` while `service` runs, and then cancels the service and waits for its end.
public func withRunning<Value>(
    _ service: @escaping @Sendable () async throws -> Void, isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Value
) async throws -> Value {
    let running = Task { try await service() }
    return try await withCleanUp(body) {
        running.cancel()
        _ = await running.result
    }
}

/// Runs blocking work on a thread of its own: the clients of many tests block, and Swift's own threads must not.
public func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread { continuation.resume(with: Result { try body() }) }
        thread.stackSize = 512 * 1024
        thread.start()
    }
}
