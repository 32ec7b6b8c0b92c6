import Leaderboard
import StrictJSON

/// Boards as they are published: a text, and a tag that names it.
package struct PublishedBoards: Sendable, Equatable {
    /// `<revision>-<hash of the text>`: other boards have another tag, also those of a database that was set back and
    /// has come to the same revision on another way.
    package let tag: String
    /// JSON.
    package let text: String

    /// The text and tag of these boards: the same on every node.
    package init(_ list: BoardList) {
        var writer = JSONWriter(to: [UInt8]())
        writer.beginObject()
        writer.member("revision", list.revision)
        writer.key("boards")
        writer.beginArray()
        for board in list.boards.values.sorted(by: { $0.id < $1.id }) {
            writer.beginObject()
            writer.member("board", board.id)
            writer.member("group", board.group)
            writer.member("top", Int64(board.top))
            writer.member("visibility", board.visibility.rawValue)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        text = String(decoding: writer.sink, as: UTF8.self)
        tag = "\(list.revision)-\(String(FNV1a.hash(writer.sink), radix: 16))"
    }
}
