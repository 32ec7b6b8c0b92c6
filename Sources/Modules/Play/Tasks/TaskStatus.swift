/// How far a task is.
package enum TaskStatus: String, CaseIterable, Sendable {
    /// To be done.
    case open
    /// Begun.
    case inProgress = "in_progress"
    /// Completed. Only a completion leads here, since it is what earns.
    case done
    /// Put away. It can be reopened, unless it was completed before.
    case archived

    /// Those that a client may set.
    package static let settable: [TaskStatus] = [.open, .inProgress, .archived]

    /// Whether a task with it can still be completed.
    package var isOpen: Bool { self == .open || self == .inProgress }
}
