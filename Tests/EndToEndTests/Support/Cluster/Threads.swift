import Foundation
import Synchronization
import TestSupport

/// Runs so many threads and waits for all of them; the body gets the thread's number.
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

    /// Blocks this thread until it is set, for 20 s at most.
    func wait() {
        let deadline = ContinuousClock.now + .seconds(20)
        while !isSet, ContinuousClock.now < deadline { Thread.sleep(.milliseconds(10)) }
    }
}
