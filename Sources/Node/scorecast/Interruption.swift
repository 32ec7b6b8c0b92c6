import ArgumentParser
import Keys
import Synchronization
import UnixSignals

/// Ends a start when a signal arrives, so that the servers started so far are stopped. They are in process groups of
/// their own, so Ctrl-C in the terminal does not reach them.
enum Interruption {
    private final class State: Sendable {
        let isUp = Mutex(false)
    }

    /// Runs `body`, and cancels it at the first SIGINT or SIGTERM that arrives before `body` calls `isUp`. Later
    /// signals are left to `body`. The end of the terminal counts as SIGTERM.
    ///
    /// - Throws: the error of `body`, or exit code 130 if a signal ended it.
    static func whileStarting(
        _ body: @escaping @Sendable (_ isUp: @escaping @Sendable () -> Void) async throws -> Void
    ) async throws {
        Hangup.endMeanwhile()
        let state = State()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            // Trap signals before the body begins, or a signal in between would end this process at once.
            let sequence = await UnixSignalsSequence(trapping: .sigint, .sigterm)
            group.addTask {
                try await body { state.isUp.withLock { $0 = true } }
                return false
            }
            group.addTask {
                for await _ in sequence where !state.isUp.withLock({ $0 }) { return true }
                return false
            }
            defer { group.cancelAll() }
            guard try await group.next() == true else { return }
            Shell.note("Stopping before it was up …")
            group.cancelAll()
            // The body ends with an error of its own, which adds nothing.
            while (try? await group.next()) != nil {}
            throw ExitCode(130)
        }
    }
}
