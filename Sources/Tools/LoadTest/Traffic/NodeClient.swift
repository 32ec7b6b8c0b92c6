import AsyncHTTPClient
import Basics
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import ScorecastClient
import StrictJSON

/// Talks to the API nodes over HTTP like any client: keep-alive, a timeout for each request, no retries of its own.
struct NodeClient: Sendable {
    /// The outcome of one request to update a score.
    enum Outcome: Sendable, Equatable {
        /// 200, with the receipt.
        case accepted(Receipt)
        /// Finally refused: nothing has changed.
        case refused(status: Int, code: String)
        /// No answer, or one that leaves open whether it counted: the name of the error.
        case unknown(String)

        /// In words, for errors.
        var text: String {
            switch self {
            case .accepted: "200"
            case .refused(let status, let code): "\(status) \(code)"
            case .unknown(let what): what
            }
        }
    }

    /// A page of the ranking.
    struct Page: Sendable {
        var epoch: String
        var version: Int64
        var total: Int64
        var entries: [ScoreboardEntry]
        var next: String?
    }

    /// An unusable answer.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// No answer at all.
    struct NoAnswer: Error, CustomStringConvertible {
        var url: String
        /// A short, stable name.
        var reason: String

        var description: String { "\(url) gives no answer (\(reason))" }
    }

    /// Larger answers are refused: a page of 1000 entries is about 100 KiB.
    private static let bytesMax = 4 << 20

    let http: HTTPClient
    let urls: [String]
    let timeout: Duration
    /// The differences between the nodes' clocks and ours.
    let clocks: NodeClocks

    init(http: HTTPClient, urls: [String], timeout: Duration) {
        self.http = http
        self.urls = urls
        self.timeout = timeout
        clocks = NodeClocks(nodes: urls.count)
    }

    /// The node whose turn it is.
    func url(_ turn: Int) -> String { urls[turn % urls.count] }

    // MARK: Requests

    /// Sends an update once.
    func update(_ turn: Int, as player: Writers.Player, actionID: String) async -> Outcome {
        let answer: Answer
        do {
            answer = try await send(
                .POST, turn, "/update-score", token: player.token,
                body: #"{"user_id":"\#(player.name)","action_id":"\#(actionID)"}"#)
        } catch {
            return .unknown(error.reason)
        }
        return Self.outcome(answer.status, Self.json(answer.body), policy: answer.policy)
    }

    /// The outcome in an answer to one update, which may be one of many in a body.
    static func outcome(_ status: Int, _ json: JSONValue?, policy: String? = nil) -> Outcome {
        let code = json?["code"]?.string ?? "without a code"
        switch status {
        case 200:
            guard json?["status"]?.string == "success", let score = json?["new_score"]?.integer,
                let rank = json?["rank"]?.integer, let replayed = json?["replayed"]?.bool
            else {
                return .unknown("200 with a malformed body")
            }
            return .accepted(Receipt(newScore: score, rank: rank, replayed: replayed))
        case 408, 500...: return .unknown("\(status) \(code)")
        // The limit: the user's, the address's or the action's.
        case 429: return .refused(status: status, code: policy.map { "\(code) by \($0)" } ?? code)
        default: return .refused(status: status, code: code)
        }
    }

    /// Reads a page of the ranking.
    func page(_ turn: Int, board: String, limit: Int, cursor: String? = nil, token: String) async throws -> Page {
        let place = cursor.map { "&cursor=\($0)" } ?? ""
        let answer = try await send(
            .GET, turn, "/leaderboard?board=\(board)&limit=\(limit)\(place)", token: token, body: nil)
        guard answer.status == 200, let json = Self.json(answer.body), let epoch = json["epoch"]?.string,
            let version = json["version"]?.integer, let total = json["total"]?.integer,
            let array = json["entries"]?.array
        else {
            throw Failure(description: "GET /leaderboard was answered with \(Self.text(answer))")
        }
        let entries = try array.map { entry in
            guard let rank = entry["rank"]?.integer, let user = entry["user_id"]?.string,
                let score = entry["score"]?.integer
            else {
                throw Failure(description: "GET /leaderboard gave a malformed entry")
            }
            return ScoreboardEntry(rank: rank, userID: user, score: score)
        }
        return Page(epoch: epoch, version: version, total: total, entries: entries, next: json["next"]?.string)
    }

    /// Makes sure that the catalogue has the action with these points. An existing one is used as it is, and never
    /// changed: it may belong to somebody else.
    func prepareAction(_ updates: Scenario.Updates, board: String, token: String) async throws {
        let json = try await action(
            updates.action, token: token, or: #"{"points":\#(updates.points),"boards":["\#(board)"]}"#)
        let isRight = json["points"]?.integer == updates.points && json["submits_score"]?.bool == false
        try Self.check(json, isRight, updates.action, of: updates, board)
    }

    /// Makes sure that the catalogue has the action that gives leads. It submits the score, which each action id pins.
    func prepareLead(_ lead: Int64, _ updates: Scenario.Updates, board: String, token: String) async throws {
        let name = StartingLine.action(for: updates.action)
        let json = try await action(
            name, token: token, or: #"{"boards":["\#(board)"],"submits_score":true,"min_score":1}"#)
        let isRight =
            json["submits_score"]?.bool == true && (json["min_score"]?.integer ?? 0) <= lead
            && (json["max_score"]?.integer ?? .max) >= lead
        try Self.check(json, isRight, name, of: updates, board)
    }

    /// The action in the catalogue; it is made first if it is missing.
    private func action(_ name: String, token: String, or body: String) async throws -> JSONValue {
        let path = "/actions/\(name)"
        var answer = try await send(.GET, 0, path, token: token, body: nil)
        if answer.status == 404 { answer = try await send(.PUT, 0, path, token: token, body: body) }
        guard (200...201).contains(answer.status), let json = Self.json(answer.body) else {
            throw Failure(description: "\(url(0))\(path) was answered with \(Self.text(answer))")
        }
        return json
    }

    private static func check(
        _ json: JSONValue, _ isRight: Bool, _ name: String, of updates: Scenario.Updates, _ board: String
    ) throws {
        let isFree = ["max_per_user_per_day", "cooldown_seconds"].allSatisfy { json[$0]?.isNull ?? true }
        guard isRight, isFree, json["boards"]?.array?.first?.string == board else {
            throw Failure(
                description:
                    "The action \(name) is in the catalogue, with other points, boards or limits than the test needs. "
                    + "Give updates.action another name than \(updates.action), or delete the action.")
        }
    }

    // MARK: Leads

    /// A lead for one user.
    struct Lead: Sendable {
        var user: String
        var actionID: String
        var points: Int64
    }

    /// Sends the leads of many users in one request.
    ///
    /// - Returns: the outcome of each, in the same order.
    func lead(_ turn: Int, _ leads: [Lead], token: String) async -> [Outcome] {
        let items = leads.map { lead in
            #"{"user_id":"\#(lead.user)","action_id":"\#(lead.actionID)","new_score":\#(lead.points)}"#
        }
        let answer: Answer
        do {
            answer = try await send(
                .POST, turn, "/update-scores", token: token, body: #"{"updates":[\#(items.joined(separator: ","))]}"#)
        } catch {
            return leads.map { _ in .unknown(error.reason) }
        }
        let json = Self.json(answer.body)
        guard answer.status == 200 else {
            return leads.map { _ in Self.outcome(answer.status, json, policy: answer.policy) }
        }
        guard let results = json?["results"]?.array, results.count == leads.count else {
            return leads.map { _ in .unknown("200 with a malformed body") }
        }
        return results.map(Self.outcome)
    }

    /// The items of a batch have no status of their own: `code` says what it would be.
    private static func outcome(_ item: JSONValue) -> Outcome {
        if item["status"]?.string == "success" { return outcome(200, item) }
        let statuses = [
            "unauthorized": 401, "suspicious_activity": 403, "forbidden": 403, "unknown_action": 404,
            "action_id_reused": 409, "rate_limited": 429, "unavailable": 503, "backlogged": 503, "timeout": 504,
        ]
        return outcome(statuses[item["code"]?.string ?? ""] ?? 400, item)
    }

    /// The answer.
    struct Answer {
        var status: Int
        var body: ByteBuffer
        /// The exceeded limit, by its name in `RateLimit-Policy`.
        var policy: String?
    }

    private func send(
        _ method: HTTPMethod, _ turn: Int, _ path: String, token: String, body: String?
    ) async throws(NoAnswer) -> Answer {
        let url = url(turn) + path
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        do {
            let sent = WallClock.seconds()
            let response = try await http.execute(request, timeout: TimeAmount(timeout))
            if method != .POST, let date = response.headers.first(name: "Date") {
                clocks.saw(date, of: turn % urls.count, sent: sent, received: WallClock.seconds())
            }
            let policy = response.status == .tooManyRequests ? response.headers.first(name: "RateLimit-Policy") : nil
            return Answer(
                status: Int(response.status.code), body: try await response.body.collect(upTo: Self.bytesMax),
                policy: policy?.split(separator: "\"").first.map(String.init))
        } catch {
            throw NoAnswer(url: url, reason: ConnectionTrouble.name(of: error))
        }
    }

    // MARK: Answers

    private static func json(_ body: ByteBuffer) -> JSONValue? {
        body.withUnsafeReadableBytes { bytes in
            try? JSONValue(bytes, limits: JSONLimits(maxDocumentBytes: bytesMax))
        }
    }

    private static func text(_ answer: Answer) -> String {
        let start = answer.body.getSlice(at: 0, length: min(answer.body.readableBytes, 300)) ?? ByteBuffer()
        return "\(answer.status): \(Figure.printable(String(buffer: start)))"
    }
}
