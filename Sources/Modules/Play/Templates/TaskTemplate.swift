/// A task that administrators publish for everybody.
package struct TaskTemplate: Sendable, Equatable {
    /// 1 to 64 of `A-Za-z0-9_-`.
    package let id: String
    /// What its tasks say. A change holds for tasks that are made after it.
    package let content: TaskContent
    /// How often it comes again.
    package let rhythm: TaskRepeat
    /// When it was made, in ms since 1970.
    package let createdAt: Int64
    /// When it was last written, in ms since 1970.
    package let updatedAt: Int64

    /// The most templates. Each user gets a task of each.
    package static let countMax: Int64 = 200

    /// Gathers the parts.
    package init(id: String, content: TaskContent, rhythm: TaskRepeat, createdAt: Int64 = 0, updatedAt: Int64 = 0) {
        self.id = id
        self.content = content
        self.rhythm = rhythm
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}
