import Hummingbird
import Leaderboard
import NIOCore
import NIOHTTP1
import StrictJSON

/// `GET /actions`, `GET/PUT/DELETE /actions/{id}`: the catalogue of actions, for administrators.
struct ActionRoutes: Sendable {
    let store: any CatalogueStore
    let catalogue: any CatalogueSource

    /// Longer bodies are refused.
    static let bodyBytesMax = 16 * 1024

    func list() async throws(APIError) -> Reply {
        let actions = try await load().actions.values.sorted { $0.id < $1.id }
        return .json { json in
            json.beginObject()
            json.key("actions")
            json.beginArray()
            for action in actions { ActionJSON.write(action, to: &json) }
            json.endArray()
            json.endObject()
        }
    }

    func get(id: String) async throws(APIError) -> Reply {
        guard let action = try await load().actions[id] else { throw .unknownAction }
        return .json { ActionJSON.write(action, to: &$0) }
    }

    func put(id: String, body: ByteBuffer) async throws(APIError) -> Reply {
        let action = try ActionJSON.parse(body, id: id)
        let problems = action.problems(boards: Set(try await load().boards.keys))
        guard problems.isEmpty else { throw .invalidInput(problems) }
        let isNew: Bool
        do {
            isNew = try await store.put(action)
            try await catalogue.reload()
        } catch {
            catalogue.failed(error)
            throw .unavailable
        }
        return .json(isNew ? .created : .ok) { ActionJSON.write(action, to: &$0) }
    }

    func delete(id: String) async throws(APIError) -> Reply {
        let isDeleted: Bool
        do {
            isDeleted = try await store.deleteAction(id: id)
            if isDeleted { try await catalogue.reload() }
        } catch {
            catalogue.failed(error)
            throw .unavailable
        }
        guard isDeleted else { throw .unknownAction }
        return Reply(status: .noContent, body: ByteBuffer())
    }

    private func load() async throws(APIError) -> Catalogue {
        do {
            return try await store.load()
        } catch {
            catalogue.failed(error)
            throw .unavailable
        }
    }
}

/// Actions as JSON.
enum ActionJSON {
    static func write(_ action: Action, to json: inout JSONWriter<ByteBuffer>) {
        json.beginObject()
        json.member("action_id", action.id)
        json.member("points", action.points)
        json.key("boards")
        json.beginArray()
        for board in action.boards { json.string(board) }
        json.endArray()
        json.member("submits_score", action.submitsScore)
        json.member("min_score", orNull: action.minScore)
        json.member("max_score", orNull: action.maxScore)
        json.member("max_per_user_per_day", orNull: action.maxPerUserPerDay)
        json.member("cooldown_seconds", orNull: action.cooldownSeconds)
        json.endObject()
    }

    /// Reads an action; a member that no action has is refused, since it is more likely a mistake than meant to be ignored.
    static func parse(_ body: ByteBuffer, id: String) throws(APIError) -> Action {
        var action = Action(id: id, points: 0, boards: [])
        var missing: Set = ["boards", "points"]
        var field = "body"
        var unknown: [FieldProblem] = []
        do {
            var body = body
            let bytes = body.readBytes(length: body.readableBytes) ?? []
            let outcome: Result<Void, JSONError> = bytes.withUnsafeBytes { bytes in
                Result { () throws(JSONError) in
                    try JSONReader.document(bytes) { reader throws(JSONError) in
                        try reader.readObject { key, reader throws(JSONError) in
                            field = key.string
                            guard members.contains(field) else {
                                unknown.append(.unknownMember(field))
                                field = "body"
                                return try reader.skipValue()
                            }
                            // What is null is as absent: clients with typed models send all their members.
                            if try !reader.readNullIfPresent() {
                                missing.remove(field)
                                try read(field, from: &reader, into: &action, problems: &unknown)
                            }
                            field = "body"
                        }
                    }
                }
            }
            try outcome.get()
            if action.submitsScore { missing.remove("points") }
        } catch {
            let isKnown = field == "body" || members.contains(field)
            throw .invalidInput([FieldProblem(field: isKnown ? field : "body", reason: error.message)])
        }
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
            // As GET gives it; it must be the one of the path.
            if try reader.readString(maxBytes: Names.idBytesMax) != action.id {
                problems.append(FieldProblem(field: "action_id", reason: "must be the id of the path"))
            }
        default: try reader.skipValue()
        }
    }
}
