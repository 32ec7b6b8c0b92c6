import ArgumentParser
import Keys
import Synchronization
import UnixSignals

/// Ends what is still starting when a signal asks for it, so that the servers which it has started are stopped again.
/// Their process groups are their own: Ctrl-C in the terminal does not reach them.
enum Interruption {
    private final class State: Sendable {
        let isUp = Mutex(false)
    }

    /// Runs `body`, and cancels it at the first SIGINT or SIGTERM that comes before `body` has said that it is up.
    /// Later ones are left to `body`. The end of the terminal counts as SIGTERM.
    ///
    /// - Throws: what `body` throws; exit code 130 if a signal ended it.
    static func whileStarting(
        _ body: @escaping @Sendable (_ isUp: @escaping @Sendable () -> Void) async throws -> Void
    ) async throws {
        Hangup.endMeanwhile()
        let state = State()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            // Before the body begins, or a signal in between would end this process at once.
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
            // It ends with an error of its own, which tells nothing new.
            while (try? await group.next()) != nil {}
            throw ExitCode(130)
        }
    }
}
