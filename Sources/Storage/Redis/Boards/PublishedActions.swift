import Leaderboard
import StrictJSON

/// Actions in their published form: a text, and a tag that identifies it. They are published beside the boards and not
/// with them, because nodes of versions before publish the boards alone and would replace a longer text.
package struct PublishedActions: Sendable, Equatable {
    /// `<revision>-<hash of the text>`; empty if there are too many actions to publish.
    package let tag: String
    /// JSON; empty if there are too many actions to publish.
    package let text: String

    /// The most actions that are published. Stops a table from filling the memory of Redis.
    package static let countMax = 65_536

    /// Creates the text and tag of a catalogue's actions. They are the same on every node.
    package init(_ catalogue: Catalogue) {
        guard catalogue.actions.count <= Self.countMax else {
            (tag, text) = ("", "")
            return
        }
        var writer = JSONWriter(to: [UInt8]())
        writer.beginObject()
        writer.member("revision", catalogue.revision)
        writer.key("actions")
        writer.beginArray()
        for action in catalogue.actions.values.sorted(by: { $0.id < $1.id }) { action.write(to: &writer) }
        writer.endArray()
        writer.endObject()
        text = String(decoding: writer.sink, as: UTF8.self)
        tag = "\(catalogue.revision)-\(String(FNV1a.hash(writer.sink), radix: 16))"
    }
}
