import Synchronization

/// Wakes one waiting task from any thread. If nobody waits, the ring is kept for the next wait; several such rings
/// count as one.
package final class WakeSignal: Sendable {
    private enum State {
        case quiet
        case rung
        case awaited(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.quiet)

    package init() {}

    /// Wakes the task that waits, or the next one that will.
    package func ring() { leaveWaiting(as: .rung)?.resume() }

    /// Waits for a ring, or for the end of the task. For one task at a time.
    package func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // The handler below may have run before there was anything to resume.
                    if case .quiet = state, !Task.isCancelled {
                        state = .awaited(continuation)
                        return false
                    }
                    state = .quiet
                    return true
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            leaveWaiting(as: nil)?.resume()
        }
    }

    /// Takes the waiting task out, if there is one; otherwise `alternative` is what to remember.
    private func leaveWaiting(as alternative: State?) -> CheckedContinuation<Void, Never>? {
        state.withLock { state in
            guard case .awaited(let continuation) = state else {
                state = alternative ?? state
                return nil
            }
            state = .quiet
            return continuation
        }
    }
}
