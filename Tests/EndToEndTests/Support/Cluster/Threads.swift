import Foundation
import Synchronization

/// Runs blocking work on its own thread, because the clients here block and Swift's own threads must not.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread { continuation.resume(with: Result { try body() }) }
        thread.stackSize = 512 * 1024
        thread.start()
    }
}

/// Runs `count` threads and waits for all of them. The body gets the number of its thread.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<count {
            group.addTask { try await onThread { try body(index) } }
        }
        try await group.waitForAll()
    }
}

/// Tells threads to end.
final class StopFlag: Sendable {
    private let stopped = Atomic(false)

    var isSet: Bool { stopped.load(ordering: .acquiring) }

    func set() { stopped.store(true, ordering: .releasing) }

    /// Blocks this thread until the flag is set, for at most 20 s.
    func wait() {
        let deadline = ContinuousClock.now + .seconds(20)
        while !isSet, ContinuousClock.now < deadline { Thread.sleep(.milliseconds(10)) }
    }
}
