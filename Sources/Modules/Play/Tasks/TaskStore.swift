import Leaderboard

/// The stored tasks.
package protocol TaskStore: Sendable {
    /// Tasks of a user, the newest first.
    func tasks(_ search: TaskSearch) async throws(StoreError) -> [UserTask]
    /// A task of a user; nil if the user has no such task.
    func task(_ id: Int64, of userID: String) async throws(StoreError) -> UserTask?
    /// Adds a task of the user's own.
    ///
    /// - Returns: nil if the user has ``UserTask/openMax`` open tasks already.
    func add(
        _ content: TaskContent, status: TaskStatus, dueAt: Int64?, of userID: String
    ) async throws(StoreError) -> UserTask?
    /// Changes a task, as ``TaskChange/decision(for:)`` says.
    func change(_ id: Int64, of userID: String, _ change: TaskChange) async throws(StoreError) -> TaskChangeOutcome
    /// Deletes a task of the user's own. One that was completed still counts for the cap of its day.
    func delete(_ id: Int64, of userID: String) async throws(StoreError) -> TaskDeletion
    /// Makes the tasks of the templates that the user does not have yet, and archives the open ones of past periods.
    /// Doing it twice, or at once, is safe.
    ///
    /// - Parameter now: in ms since 1970.
    func publish(to userID: String, now: Int64) async throws(StoreError)
}

/// How a change of a task ended.
package enum TaskChangeOutcome: Sendable, Equatable {
    /// The task after it.
    case changed(UserTask)
    /// The user has no such task.
    case unknown
    /// See ``TaskChange/Decision/closed``.
    case closed
    /// See ``TaskChange/Decision/notOwn``.
    case notOwn
    /// It would be one open task too many.
    case tooMany
}

/// How the deletion of a task ended.
package enum TaskDeletion: Sendable, Equatable {
    case deleted
    /// The user has no such task.
    case unknown
    /// The task is not of the user, and would come back.
    case notOwn
}
