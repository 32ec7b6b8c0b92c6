import StrictJSON

/// A task, as the AI service sees it.
public struct AITask: Sendable, Equatable {
    /// The title, 1 to 200 characters.
    public let title: String
    /// The description, up to 10,000 characters.
    public let description: String
    /// The type; nil if it has none.
    public let type: String?
    /// The priority; greater is more urgent.
    public let priority: Int64
    /// The tags, up to 20.
    public let tags: [String]

    /// Gathers the parts.
    public init(title: String, description: String, type: String?, priority: Int64, tags: [String]) {
        self.title = title
        self.description = description
        self.type = type
        self.priority = priority
        self.tags = tags
    }

    /// Writes `{"title","description","type","priority","tags"}`; a type that is not there is null.
    func write(to json: inout JSONWriter<[UInt8]>) {
        json.beginObject()
        json.member("title", title)
        json.member("description", description)
        json.key("type")
        if let type { json.string(type) } else { json.null() }
        json.member("priority", priority)
        json.key("tags")
        json.beginArray()
        for tag in tags { json.string(tag) }
        json.endArray()
        json.endObject()
    }
}
