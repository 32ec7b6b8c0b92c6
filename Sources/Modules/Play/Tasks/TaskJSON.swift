import Basics
import NIOCore
import StrictJSON

/// Tasks and templates as JSON.
package enum TaskJSON {
    /// Writes a task.
    package static func write(_ task: UserTask, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("id", String(task.id))
        writeMembers(of: task.content, to: &json)
        json.member("status", task.status.rawValue)
        json.member("due_at", orNull: task.dueAt.map { Timestamp.text(milliseconds: $0) })
        json.member("source", task.source)
        json.member("external_id", orNull: task.externalID)
        json.member("created_at", Timestamp.text(milliseconds: task.createdAt))
        json.member("completed_at", orNull: task.completedAt.map { Timestamp.text(milliseconds: $0) })
        json.endObject()
    }

    /// Writes the members that tasks and templates share.
    static func writeMembers(of content: TaskContent, to json: inout JSONWriter<ByteBuffer>) {
        json.member("title", content.title)
        json.member("description", content.description)
        json.member("type", orNull: content.type)
        json.member("priority", content.priority)
        json.key("tags")
        json.beginArray()
        for tag in content.tags { json.string(tag) }
        json.endArray()
        json.key("metadata")
        // It was checked when it was stored.
        Array(content.metadata.utf8).withUnsafeBytes { json.encoded($0) }
    }
}

extension JSONWriter {
    /// Writes a member whose value is a string, or `null`.
    mutating func member(_ key: StaticString, orNull value: String?) {
        self.key(key)
        if let value { string(value) } else { null() }
    }
}
