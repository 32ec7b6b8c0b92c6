import Foundation
import Synchronization
import TestSupport

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
