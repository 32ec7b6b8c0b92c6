import Leaderboard

/// The stored templates of tasks.
package protocol TemplateStore: Sendable {
    /// A template; nil if there is none.
    func template(_ id: String) async throws(StoreError) -> TaskTemplate?
    /// Templates in the order of their ids.
    func templates(after: String?, limit: Int) async throws(StoreError) -> [TaskTemplate]
    /// Adds or replaces a template.
    ///
    /// - Returns: nil if there are ``TaskTemplate/countMax`` others already.
    func put(_ template: TaskTemplate) async throws(StoreError) -> (template: TaskTemplate, isNew: Bool)?
    /// Deletes a template. Its open tasks are archived when their users list their tasks.
    ///
    /// - Returns: whether it was there.
    func delete(_ id: String) async throws(StoreError) -> Bool
}
