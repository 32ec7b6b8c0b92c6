/// A checked change of a task or a template. A member that is nil keeps its value; one that holds nil is removed.
package struct TaskChange: Sendable, Equatable {
    package var title: String?
    package var description: String?
    package var type: String??
    package var priority: Int64?
    package var tags: [String]?
    package var metadata: String?
    package var status: TaskStatus?
    package var dueAt: Int64??

    /// No change.
    package init() {}

    /// The content after it.
    package func content(from base: TaskContent) -> TaskContent {
        var content = base
        if let title { content.title = title }
        if let description { content.description = description }
        if let type { content.type = type }
        if let priority { content.priority = priority }
        if let tags { content.tags = tags }
        if let metadata { content.metadata = metadata }
        return content
    }

    /// The decision for one task.
    package enum Decision: Sendable, Equatable {
        /// The task becomes this.
        ///
        /// - Parameter reopens: whether there is one more open task after it.
        case become(UserTask, reopens: Bool)
        /// The task was completed: it is not reopened, and keeps its type.
        case closed
        /// The task is not of the user, who can change its status alone.
        case notOwn
    }

    /// Decides for a task. Pure.
    package func decision(for task: UserTask) -> Decision {
        var changed = task
        changed.content = content(from: task.content)
        if let dueAt { changed.dueAt = dueAt }
        if let status { changed.status = status }
        if !task.isOwn, changed.content != task.content || changed.dueAt != task.dueAt { return .notOwn }
        if task.isCompleted {
            let isReopened = changed.status != task.status && changed.status != .archived
            if isReopened || changed.content.type != task.content.type { return .closed }
        }
        return .become(changed, reopens: changed.status.isOpen && !task.status.isOpen)
    }
}
