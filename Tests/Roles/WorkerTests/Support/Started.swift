import Synchronization
import Worker

/// A task that was started, and whether it is over.
final class Started: Sendable {
    private let state = Mutex<(task: Task<FollowerStep, any Error>?, isOver: Bool)>((nil, false))

    var task: Task<FollowerStep, any Error>? { state.withLock { $0.task } }
    var isOver: Bool { state.withLock { $0.isOver } }

    func begin(_ task: Task<FollowerStep, any Error>) { state.withLock { $0.task = task } }
    func end() { state.withLock { $0.isOver = true } }
}
