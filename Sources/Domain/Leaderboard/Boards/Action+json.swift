import StrictJSON

extension Action {
    /// The members of an action in JSON, in their order.
    public static let members = [
        "action_id", "points", "boards", "submits_score", "min_score", "max_score", "max_per_user_per_day",
        "cooldown_seconds",
    ]

    /// Writes the action as an object.
    public func write(to json: inout JSONWriter<some ByteSink>) {
        json.beginObject()
        json.member("action_id", id)
        json.member("points", points)
        json.key("boards")
        json.beginArray()
        for board in boards { json.string(board) }
        json.endArray()
        json.member("submits_score", submitsScore)
        json.member("min_score", orNull: minScore)
        json.member("max_score", orNull: maxScore)
        json.member("max_per_user_per_day", orNull: maxPerUserPerDay)
        json.member("cooldown_seconds", orNull: cooldownSeconds)
        json.endObject()
    }

    /// Reads the value of a member other than `action_id`, which must not be null. Skips a member that actions do not
    /// have.
    public mutating func read(_ member: String, from reader: inout JSONReader) throws(JSONError) {
        switch member {
        case "points": points = try reader.readInteger()
        case "boards":
            boards = []
            try reader.readArray(maxCount: UpdateTargets.boardsMax) { reader throws(JSONError) in
                boards.append(try reader.readString(maxBytes: Names.idBytesMax))
            }
        case "submits_score": submitsScore = try reader.readBool()
        case "min_score": minScore = try reader.readInteger()
        case "max_score": maxScore = try reader.readInteger()
        case "max_per_user_per_day": maxPerUserPerDay = Int(try reader.readInteger())
        case "cooldown_seconds": cooldownSeconds = Int(try reader.readInteger())
        default: try reader.skipValue()
        }
    }
}
