/// What a task says: the part that tasks and templates share.
package struct TaskContent: Sendable, Equatable {
    /// 1 to 200 characters.
    package var title: String
    /// At most 10,000 characters.
    package var description = ""
    /// What kind of task it is; rates hold for types. 1 to 64 of `A-Za-z0-9_-`.
    package var type: String?
    /// -100 to 100, the greatest first. The server does not sort by it.
    package var priority: Int64 = 0
    /// At most 20, of 1 to 64 characters.
    package var tags: [String] = []
    /// A JSON object for clients; see `KeptObject`.
    package var metadata = "{}"

    /// A title alone.
    package init(title: String) {
        self.title = title
    }

    /// The most characters of a title, as people count them.
    package static let titleGraphemesMax = 200
    /// The longest description, in code points.
    package static let descriptionScalarsMax = 10_000
    /// The priorities.
    package static let priorities: ClosedRange<Int64> = -100...100
    /// The most tags.
    package static let tagsMax = 20
    /// The most characters of a tag, as people count them.
    package static let tagGraphemesMax = 64
}
