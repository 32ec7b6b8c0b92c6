import Basics
import HTTPKit
import Leaderboard
import NIOCore
import StrictJSON

/// Actions as JSON.
enum ActionJSON {
    static func write(_ action: Action, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("action_id", action.id)
        json.member("points", action.points)
        json.list("boards", action.boards) { $1.string($0) }
        json.member("submits_score", action.submitsScore)
        json.member("min_score", orNull: action.minScore)
        json.member("max_score", orNull: action.maxScore)
        json.member("max_per_user_per_day", orNull: action.maxPerUserPerDay)
        json.member("cooldown_seconds", orNull: action.cooldownSeconds)
        json.endObject()
    }

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

    private static let members: Set = [
        "action_id", "points", "boards", "submits_score", "min_score", "max_score", "max_per_user_per_day",
        "cooldown_seconds",
    ]

    private static func read(
        _ field: String, from reader: inout JSONReader, into action: inout Action, problems: inout [FieldProblem]
    ) throws(JSONError) {
        switch field {
        case "points": action.points = try reader.readInteger()
        case "boards":
            action.boards = []
            try reader.readArray(maxCount: 16) { reader throws(JSONError) in
                action.boards.append(try reader.readString(maxBytes: Names.idBytesMax))
            }
        case "submits_score": action.submitsScore = try reader.readBool()
        case "min_score": action.minScore = try reader.readInteger()
        case "max_score": action.maxScore = try reader.readInteger()
        case "max_per_user_per_day": action.maxPerUserPerDay = Int(try reader.readInteger())
        case "cooldown_seconds": action.cooldownSeconds = Int(try reader.readInteger())
        case "action_id":
            // GET returns it, so PUT takes it; it must be the one of the path.
            if try reader.readString(maxBytes: Names.idBytesMax) != action.id {
                problems.append(FieldProblem(field: "action_id", reason: "must be the id of the path"))
            }
        default: try reader.skipValue()
        }
    }
}
