import Basics
import TestSupport
import Testing

// Boards and actions that tests make through the API, as an administrator does.
extension Cluster {
    /// Sends a request of an administrator.
    ///
    /// - Parameter json: the body; nil for none.
    func administer(
        _ method: String, _ target: String, _ json: String? = nil, node: Int = 0
    ) async throws -> TinyHTTP.Response {
        var headers = [("Authorization", "Bearer " + credentials.token("admin", role: "admin"))]
        if json != nil { headers.append(("Content-Type", "application/json")) }
        return try await TinyHTTP.request(method, port: try port(node), target, headers: headers, body: json)
    }

    /// Makes a board.
    ///
    /// - Returns: the board, as the API shows it.
    @discardableResult
    func makeBoard(_ id: String, _ json: String = "{}") async throws -> JSON {
        let answer = try await administer("PUT", "/boards/\(id)", json)
        try #require(answer.status == 201, "\(answer.text)")
        return try answer.json
    }

    /// Makes an action that counts on these boards.
    ///
    /// - Parameter submits: whether the request brings the score.
    func makeAction(_ id: String, points: Int64 = 5, on boards: [String], submits: Bool = false) async throws {
        let json: JSON = [
            "points": .integer(points), "boards": .array(boards.map { .string($0) }), "submits_score": .bool(submits),
        ]
        let answer = try await administer("PUT", "/actions/\(id)", json.text)
        try #require(answer.status == 201, "\(answer.text)")
    }

    /// Counts an update, also if a node learns of its action only now.
    ///
    /// - Returns: the reply.
    @discardableResult
    func score(_ user: String, _ action: String, newScore: Int64? = nil, node: Int = 0) async throws -> JSON {
        let id = credentials.actionID(user, action)
        var reply = JSON.null
        try await eventually("\(user) scores with \(action)") {
            let answer = try await update(user, id: id, newScore: newScore, node: node)
            guard answer.status == 200 else { throw Unexpected(text: "\(answer.status): \(answer.text)") }
            reply = try answer.json
            return true
        }
        return reply
    }

    /// Reads a ranking, and returns its entries, also if a node learns of its board only now.
    ///
    /// - Parameter query: the board, and the window and period if they are not the usual ones, as in a query.
    func entries(_ query: String, token: String? = nil, node: Int = 0) async throws -> [JSON] {
        var entries: [JSON] = []
        try await eventually("node \(node) reads \(query)") {
            let answer = try await get("/leaderboard?limit=1000&board=\(query)", token: token, node: node)
            guard answer.status == 200 else { throw Unexpected(text: "\(answer.status): \(answer.text)") }
            entries = try answer.json["entries"]?.array ?? []
            return true
        }
        return entries
    }

    /// All boards, as an administrator sees them, with the actions and the rankings of some boards: all that a refused
    /// request must leave as it is.
    func everything(_ boards: [String]) async throws -> [JSON] {
        var all: [JSON] = []
        for target in ["/boards", "/actions"] { all.append(try await administer("GET", target).json) }
        for board in boards { all.append(try await administer("GET", "/leaderboard?board=\(board)").json) }
        return all
    }

    /// The answer was not 200.
    struct Unexpected: Error {
        var text: String
    }

    /// Waits until a time has passed by the clock of this machine, which is that of Redis, too.
    ///
    /// - Parameter time: in ms since 1970.
    func waitUntil(_ time: Int64) async throws {
        try await eventually("the time has come", timeout: .seconds(90)) { Credentials.milliseconds > time }
    }
}

/// Windows as the API takes them.
enum WindowText {
    /// A season between two times in ms since 1970.
    static func season(_ name: String, _ start: Int64, _ end: Int64) -> String {
        #"{"name":"\#(name)","starts_at":"\#(time(start))","ends_at":"\#(time(end))"}"#
    }

    /// RFC 3339.
    static func time(_ milliseconds: Int64) -> String { Timestamp.text(milliseconds: milliseconds) }
}

extension [JSON] {
    /// The entries of a ranking as users and scores.
    var standings: [Standing] {
        map { Standing(user: $0["user_id"]?.string ?? "", score: $0["score"]?.integer ?? .min) }
    }
}
