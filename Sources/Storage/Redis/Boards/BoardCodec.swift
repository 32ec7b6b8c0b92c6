import Leaderboard
import StrictJSON

/// Reads the boards that nodes publish, including nodes of later versions.
package enum BoardCodec {
    private static let limits = JSONLimits(
        maxDepth: 8, maxMembers: 32, maxElements: Catalogue.boardsMax, maxDocumentBytes: 4 << 20)
    private static let tops: ClosedRange<Int64> = 1...100
    private static let textBytesMax = 256

    /// Returns the boards in a text. Unknown members are ignored, and an unknown visibility counts as private.
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
                    try reader.readArray(maxCount: Catalogue.boardsMax) { reader throws(JSONError) in
                        let board = try board(&reader)
                        guard list.updateValue(board, forKey: board.id) == nil else {
                            throw reader.fail(.duplicateKey)
                        }
                    }
                    boards = list
                default: try reader.skipValue()
                }
            }
        }
        guard let revision, let boards else { throw JSONError(.typeMismatch, at: 0) }
        return BoardList(boards: boards, revision: revision)
    }

    private static func board(_ reader: inout JSONReader) throws(JSONError) -> Board {
        var (id, group, top): (String?, String?, Int64?)
        var visibility = Board.Visibility.private
        try reader.readObject { key, reader throws(JSONError) in
            switch key {
            case "board": id = try reader.readString(maxBytes: Names.idBytesMax)
            case "group": group = try reader.readString(maxBytes: Catalogue.groupBytesMax)
            case "top": top = try reader.readInteger()
            case "visibility":
                visibility = Board.Visibility(rawValue: try reader.readString(maxBytes: textBytesMax)) ?? .private
            default: try reader.skipValue()
            }
        }
        guard let id, Names.isID(id), let group, let top, tops.contains(top) else {
            throw reader.fail(.typeMismatch)
        }
        return Board(id: id, group: group, top: Int(top), visibility: visibility)
    }
}
