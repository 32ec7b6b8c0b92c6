import Basics
import HTTPKit
import Leaderboard
import NIOCore
import StrictJSON

/// Actions as JSON.
enum ActionJSON {
    static func write(_ action: Action, to json: inout JSONWriter<ByteBuffer>) { action.write(to: &json) }

    /// Reads an action. A member that actions do not have is refused: it is more likely a mistake than meant to be
    /// ignored.
    static func parse(_ body: ByteBuffer, id: String) throws(APIError) -> Action {
        var action = Action(id: id, points: 0, boards: [])
        var missing: Set = ["boards", "points"]
        var unknown: [FieldProblem] = []
        try body.readJSONObject { key, reader throws(JSONError) in
            let member = key.string
            guard members.contains(member) else { return unknown.append(.unknownMember(member)) }
            // A member that is null counts as absent: clients with typed models send all their members.
            guard try !reader.readNullIfPresent() else { return }
            missing.remove(member)
            try read(member, from: &reader, into: &action, problems: &unknown)
        }
        if action.submitsScore { missing.remove("points") }
        let problems = unknown + missing.sorted().map { FieldProblem(field: $0, reason: "is required") }
        guard problems.isEmpty else { throw .invalidInput(problems) }
        return action
    }

    private static let members = Set(Action.members)

    private static func read(
        _ field: String, from reader: inout JSONReader, into action: inout Action, problems: inout [FieldProblem]
    ) throws(JSONError) {
        guard field == "action_id" else { return try action.read(field, from: &reader) }
        // GET returns it, so PUT takes it; it must be the one of the path.
        if try reader.readString(maxBytes: Names.idBytesMax) != action.id {
            problems.append(FieldProblem(field: "action_id", reason: "must be the id of the path"))
        }
    }
}
