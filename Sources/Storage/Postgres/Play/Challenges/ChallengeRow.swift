import Leaderboard
import Play
import PostgresClient
import StrictJSON

/// Rows of `challenges`, with the part of one user.
enum ChallengeRow {
    /// Selects challenges as the user `$1` sees them. A condition follows.
    static let select = """
        SELECT challenges.challenge_id, challenges.user_id AS owner, task_id, difficulty, status, title, description,
            steps, hints, generated_by, progress, state, hints_taken,
            floor(extract(epoch FROM challenges.created_at) * 1000)::bigint AS created,
            floor(extract(epoch FROM ready_at) * 1000)::bigint AS ready,
            floor(extract(epoch FROM completed_at) * 1000)::bigint AS completed,
            floor(extract(epoch FROM joined_at) * 1000000)::bigint AS joined,
            (SELECT count(*) FROM challenge_members AS others
             WHERE others.challenge_id = challenges.challenge_id) AS members
        FROM challenges LEFT JOIN challenge_members
            ON challenge_members.challenge_id = challenges.challenge_id AND challenge_members.user_id = $1
        """

    /// A challenge as a user sees it, read in the transaction of the caller.
    static func seen(_ id: String, by userID: String, on connection: PostgresConnection) throws -> SeenChallenge? {
        try connection.query(
            "\(select) WHERE challenges.challenge_id = $2", [.text(userID), .text(id)]
        ).first.map { try seen($0, by: userID) }
    }

    static func seen(_ row: PostgresRow, by userID: String) throws -> SeenChallenge {
        let member = try row.intOrNil("progress").map { progress in
            ChallengeMember(
                progress: Int(progress), state: try row.stringOrNil("state"),
                hintsTaken: Int(try row.int("hints_taken")), joinedAt: try row.int("joined"))
        }
        return SeenChallenge(challenge: try challenge(row), userID: userID, member: member)
    }

    private static func challenge(_ row: PostgresRow) throws -> Challenge {
        guard let difficulty = ChallengeDifficulty(rawValue: try row.string("difficulty")),
            let status = ChallengeStatus(rawValue: try row.string("status"))
        else { throw StoreError(.corrupt, "a challenge has a word that this version does not know") }
        let content = try row.stringOrNil("title").map { title in
            ChallengeContent(
                title: title, description: try row.stringOrNil("description") ?? "",
                steps: try steps(row.string("steps")), hints: try hints(row.string("hints")))
        }
        return Challenge(
            id: try row.string("challenge_id"), ownerID: try row.string("owner"), taskID: try row.intOrNil("task_id"),
            difficulty: difficulty, status: status, content: content,
            origin: try row.stringOrNil("generated_by").flatMap { ChallengeOrigin(rawValue: $0) },
            members: try row.int("members"), createdAt: try row.int("created"), readyAt: try row.intOrNil("ready"),
            completedAt: try row.intOrNil("completed"))
    }

    private static func steps(_ json: String) throws -> [String] {
        try elements(json).map { element in
            guard let step = element.string else { throw corrupt }
            return step
        }
    }

    /// The hints of a challenge.
    static func hints(_ json: String) throws -> [ChallengeHint] {
        try elements(json).map { element in
            guard let text = element["text"]?.string, let cost = element["cost"]?.integer else { throw corrupt }
            return ChallengeHint(text: text, cost: cost)
        }
    }

    private static func elements(_ json: String) throws -> [JSONValue] {
        guard let elements = (try? JSONValue(Array(json.utf8)))?.array else { throw corrupt }
        return elements
    }

    private static var corrupt: StoreError {
        StoreError(.corrupt, "a challenge has steps or hints that this version does not know")
    }

    /// Steps as JSON.
    static func json(_ steps: [String]) -> String {
        var json = JSONWriter(to: [UInt8]())
        json.beginArray()
        for step in steps { json.string(step) }
        json.endArray()
        return String(decoding: json.sink, as: UTF8.self)
    }

    /// Hints as JSON.
    static func json(_ hints: [ChallengeHint]) -> String {
        var json = JSONWriter(to: [UInt8]())
        json.beginArray()
        for hint in hints {
            json.beginObject()
            json.member("text", hint.text)
            json.member("cost", hint.cost)
            json.endObject()
        }
        json.endArray()
        return String(decoding: json.sink, as: UTF8.self)
    }
}
