import Foundation

/// Blocking work and waits outside of Swift's own thread pool, which has only one thread for each core.
package enum Blocking {
    /// Runs a blocking call on a thread that may block.
    package static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try work() }) }
        }
    }

    /// Waits, also in a cancelled task: a server has to be stopped properly then too, and `Task.sleep` would return at
    /// once and turn the wait into a busy loop.
    package static func pause(_ time: Duration) async {
        let (seconds, attoseconds) = time.components
        let interval = Double(seconds) + Double(attoseconds) / 1e18
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + interval) { continuation.resume() }
        }
    }

    /// Asks every 10 ms until there is an answer or the time is over.
    package static func poll<Value>(
        for time: Duration, isolation: isolated (any Actor)? = #isolation, _ answer: () async -> Value?
    ) async -> Value? {
        let deadline = ContinuousClock.now + time
        while true {
            if let value = await answer() { return value }
            guard ContinuousClock.now < deadline else { return nil }
            await pause(.milliseconds(10))
        }
    }
}
