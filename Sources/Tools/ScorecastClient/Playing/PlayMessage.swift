import StrictJSON

/// A message of the server about challenges, notifications or the user's own place.
package enum PlayMessage: Sendable, Equatable {
    /// The room that was joined.
    case joined(ChallengeRoom)
    /// The latest progress of some members.
    case progress(challenge: String, present: Int, [ChallengeMember])
    /// A hint.
    case hint(ChallengeHint)
    /// A challenge has been generated.
    case generated(challenge: String)
    /// A notification.
    case notification(ScorecastNotification)
    /// The user's own place.
    case place(ScoreboardPlace)
    /// Somebody has passed the user.
    case passed(by: String, rank: Int64)
    /// A refusal that names a challenge.
    case refused(challenge: String, code: String, message: String)

    /// Reads a message.
    ///
    /// - Returns: nil for a message of another type.
    /// - Throws: ``Malformed`` if it lacks a member that its type must have.
    package init?(_ json: JSONValue) throws(Malformed) {
        switch json["type"]?.string {
        case "joined":
            let (challenge, present) = try Self.room(json)
            let members = try Self.members(json["progress"])
            self = .joined(ChallengeRoom(challenge: challenge, present: present, members: members))
        case "progress-update":
            let (challenge, present) = try Self.room(json)
            self = .progress(challenge: challenge, present: present, try Self.members(json["updates"]))
        case "hint": self = .hint(try Self.hint(json))
        case "challenge-generated": self = .generated(challenge: try Self.needed(json["challenge"]?["id"]?.string))
        case "notification": self = .notification(try Self.needed(ScorecastNotification(json)))
        case "rank-update": self = .place(try Self.place(json))
        case "passed":
            self = .passed(by: try Self.needed(json["by"]?.string), rank: try Self.needed(json["rank"]?.integer))
        case "error":
            guard let challenge = json["challenge"]?.string else { return nil }
            self = .refused(
                challenge: challenge, code: try Self.needed(json["code"]?.string),
                message: json["message"]?.string ?? "")
        default: return nil
        }
    }

    /// A message lacks a member.
    package struct Malformed: Error, Equatable {}

    private static func needed<Value>(_ value: Value?) throws(Malformed) -> Value {
        guard let value else { throw Malformed() }
        return value
    }

    private static func count(_ json: JSONValue?) throws(Malformed) -> Int {
        guard let count = json?.integer, (0...Int64(Int32.max)).contains(count) else { throw Malformed() }
        return Int(count)
    }

    private static func room(_ json: JSONValue) throws(Malformed) -> (challenge: String, present: Int) {
        (try needed(json["challenge"]?.string), try count(json["present"]))
    }

    private static func members(_ json: JSONValue?) throws(Malformed) -> [ChallengeMember] {
        let rows = try needed(json?.array)
        guard rows.count <= ChallengeRoom.membersMax else { throw Malformed() }
        var members: [ChallengeMember] = []
        for row in rows {
            let progress = try count(row["progress"])
            guard progress <= 100 else { throw Malformed() }
            let state = row["state"].flatMap { $0.isNull ? nil : $0.text }
            members.append(
                ChallengeMember(userID: try needed(row["user_id"]?.string), progress: progress, state: state))
        }
        return members
    }

    private static func hint(_ json: JSONValue) throws(Malformed) -> ChallengeHint {
        ChallengeHint(
            challenge: try needed(json["challenge"]?.string), index: try count(json["index"]),
            text: try needed(json["text"]?.string), cost: try needed(json["cost"]?.integer),
            left: try count(json["left"]))
    }

    private static func place(_ json: JSONValue) throws(Malformed) -> ScoreboardPlace {
        ScoreboardPlace(
            rank: try needed(json["rank"]?.integer), score: try needed(json["score"]?.integer),
            total: try needed(json["total"]?.integer),
            period: json["period"]?.string ?? json["window"]?.string ?? "all")
    }
}
