import Leaderboard
import StrictJSON

/// Boards in their published form: a text, and a tag that identifies it.
package struct PublishedBoards: Sendable, Equatable {
    /// `<revision>-<hash of the text>`. Different boards have different tags, even if a database was restored and
    /// reached the same revision again with other changes.
    package let tag: String
    /// JSON.
    package let text: String

    /// Creates the text and tag of these boards. They are the same on every node.
    package init(_ list: BoardList) {
        var writer = JSONWriter(to: [UInt8]())
        writer.beginObject()
        writer.member("revision", list.revision)
        writer.key("boards")
        writer.beginArray()
        for board in list.boards.values.sorted(by: { $0.id < $1.id }) {
            writer.beginObject()
            board.writeMembers(to: &writer)
            writer.member("generation", board.generation)
            writer.member("created_at", board.createdAt)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        text = String(decoding: writer.sink, as: UTF8.self)
        tag = "\(list.revision)-\(String(FNV1a.hash(writer.sink), radix: 16))"
    }
}
