import Leaderboard

/// The stored completions of tasks.
package protocol TaskCompletions: Sendable {
    /// Completes a task of a user, once: marks it, and stores what it earns, all in one transaction.
    ///
    /// - Parameter now: in ms since 1970, for the award.
    func complete(_ id: Int64, of userID: String, now: Int64) async throws(StoreError) -> TaskCompletion
    /// Keeps the final answer of a completion, unless there is one.
    ///
    /// - Returns: the one that is kept; nil if the task is gone.
    func keep(_ outcome: String, of id: Int64) async throws(StoreError) -> String?
}

/// How the completion of a task went.
package enum TaskCompletion: Sendable, Equatable {
    /// It is completed, now or before.
    case completed(UserTask, CompletionRecord)
    /// The user has no such task.
    case unknown
    /// The task was archived without being completed.
    case closed
}
