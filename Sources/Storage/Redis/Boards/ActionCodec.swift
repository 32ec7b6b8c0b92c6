import Leaderboard
import StrictJSON

/// Reads the actions that nodes publish, including nodes of later versions.
package enum ActionCodec {
    private static let limits = JSONLimits(
        maxDepth: 8, maxMembers: 64, maxElements: PublishedActions.countMax, maxDocumentBytes: 256 << 20)

    /// Returns the actions in a text by id, and the revision of their catalogue. Unknown members are ignored.
    ///
    /// - Throws: the reason, for operators. Some of the actions alone are never returned.
    package static func decode(
        _ bytes: UnsafeRawBufferPointer
    ) throws(JSONError) -> (revision: Int64, actions: [String: Action]) {
        var revision: Int64?
        var actions: [String: Action]?
        try JSONReader.document(bytes, limits: limits) { reader throws(JSONError) in
            try reader.readObject { key, reader throws(JSONError) in
                switch key {
                case "revision": revision = try reader.readInteger()
                case "actions":
                    var list: [String: Action] = [:]
                    try reader.readArray(maxCount: PublishedActions.countMax) { reader throws(JSONError) in
                        let action = try action(&reader)
                        guard !ReservedAction.isReserved(action.id) else { return }
                        guard list.updateValue(action, forKey: action.id) == nil else {
                            throw reader.fail(.duplicateKey)
                        }
                    }
                    actions = list
                default: try reader.skipValue()
                }
            }
        }
        guard let revision, let actions else { throw JSONError(.typeMismatch, at: 0) }
        return (revision, actions)
    }

    private static func action(_ reader: inout JSONReader) throws(JSONError) -> Action {
        var action = Action(id: "", points: 0, boards: [])
        try reader.readObject { key, reader throws(JSONError) in
            let member = key.string
            if member == "action_id" {
                action.id = try reader.readString(maxBytes: Names.idBytesMax)
            } else if try !reader.readNullIfPresent() {
                try action.read(member, from: &reader)
            }
        }
        guard Names.isID(action.id), !action.boards.isEmpty else { throw reader.fail(.typeMismatch) }
        return action
    }
}
