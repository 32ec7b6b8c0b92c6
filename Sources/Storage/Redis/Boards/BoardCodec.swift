import Leaderboard
import StrictJSON

/// Reads the boards that nodes publish, including nodes of later versions.
package enum BoardCodec {
    /// Metadata may be as deep and wide as its 4 KiB allow, and was checked when it was stored.
    private static let limits = JSONLimits(
        maxDepth: JSONLimits.deepest, maxMembers: BoardDraft.metadataBytesMax, maxElements: Catalogue.boardsMax,
        maxDocumentBytes: 48 << 20)
    private static let tops: ClosedRange<Int64> = 1...100
    private static let textBytesMax = 256

    /// Returns the boards in a text. Unknown members are ignored, and an unknown visibility counts as private. A board
    /// that this version cannot run is left out.
    ///
    /// - Throws: the reason, for operators. A partial list is never returned.
    package static func decode(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> BoardList {
        var revision: Int64?
        var boards: [String: Board]?
        try JSONReader.document(bytes, limits: limits) { reader throws(JSONError) in
            try reader.readObject { key, reader throws(JSONError) in
                switch key {
                case "revision": revision = try reader.readInteger()
                case "boards":
                    var list: [String: Board] = [:]
                    var ids: Set<String> = []
                    try reader.readArray(maxCount: Catalogue.boardsMax) { reader throws(JSONError) in
                        let (id, board) = try board(&reader)
                        guard ids.insert(id).inserted else { throw reader.fail(.duplicateKey) }
                        list[id] = board
                    }
                    boards = list
                default: try reader.skipValue()
                }
            }
        }
        guard let revision, let boards else { throw JSONError(.typeMismatch, at: 0) }
        return BoardList(boards: boards, revision: revision)
    }

    /// Reads a board and its id; nil for a board that this version cannot run.
    private static func board(_ reader: inout JSONReader) throws(JSONError) -> (String, Board?) {
        var (id, group, top): (String?, String?, Int64?)
        var (generation, createdAt): (Int64, Int64) = (0, 0)
        var draft = BoardDraft()
        var visibility = Board.Visibility.private
        try reader.readObject { key, reader throws(JSONError) in
            switch key {
            case "board": id = try reader.readString(maxBytes: Names.idBytesMax)
            case "group": group = try reader.readString(maxBytes: Catalogue.groupBytesMax)
            case "top": top = try reader.readInteger()
            case "visibility":
                visibility = Board.Visibility(rawValue: try reader.readString(maxBytes: textBytesMax)) ?? .private
            case "generation": generation = try reader.readInteger()
            case "created_at": createdAt = try reader.readInteger()
            default:
                if BoardDraft.members.contains(key.string) {
                    try draft.read(key, from: &reader)
                } else {
                    try reader.skipValue()
                }
            }
        }
        guard let id, Names.isID(id), let group, let top, tops.contains(top) else {
            throw reader.fail(.typeMismatch)
        }
        // Boards of the version before had no rules of their own: theirs are those of the default board.
        let base = Board(
            id: id, group: group, rules: Board.global.rules, top: Int(top), visibility: visibility,
            generation: generation, createdAt: createdAt)
        let (board, problems) = draft.board(from: base)
        return (id, problems.isEmpty ? board : nil)
    }
}
