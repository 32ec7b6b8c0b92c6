import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import ScorecastClient
import StrictJSON

/// Speaks to the API nodes over HTTP as any client would: keep-alive, a timeout for each request, no retries of its own.
struct NodeClient: Sendable {
    /// What became of one request to update a score.
    enum Outcome: Sendable, Equatable {
        /// 200, with the receipt.
        case accepted(Receipt)
        /// Refused for good: nothing has changed.
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

    /// An answer that is of no use.
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

    /// The node whose turn it is.
    func url(_ turn: Int) -> String { urls[turn % urls.count] }

    // MARK: Requests

    /// Sends an update once.
    func update(_ turn: Int, as player: Writers.Player, actionID: String) async -> Outcome {
        let answer: (status: Int, body: ByteBuffer)
        do {
            answer = try await send(
                .POST, url(turn) + "/update-score", token: player.token,
                body: #"{"user_id":"\#(player.name)","action_id":"\#(actionID)"}"#)
        } catch {
            return .unknown(error.reason)
        }
        let json = Self.json(answer.body)
        switch answer.status {
        case 200:
            guard json?["status"]?.string == "success", let score = json?["new_score"]?.integer,
                let rank = json?["rank"]?.integer, let replayed = json?["replayed"]?.bool
            else {
                return .unknown("200 of another form")
            }
            return .accepted(Receipt(newScore: score, rank: rank, replayed: replayed))
        case 408, 500...:
            return .unknown("\(answer.status) \(json?["code"]?.string ?? "without a code")")
        default:
            return .refused(status: answer.status, code: json?["code"]?.string ?? "without a code")
        }
    }

    /// Reads a page of the ranking.
    func page(_ turn: Int, board: String, limit: Int, cursor: String? = nil, token: String) async throws -> Page {
        let place = cursor.map { "&cursor=\($0)" } ?? ""
        let answer = try await send(
            .GET, url(turn) + "/leaderboard?board=\(board)&limit=\(limit)\(place)", token: token, body: nil)
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
                throw Failure(description: "GET /leaderboard gave an entry of another form")
            }
            return ScoreboardEntry(rank: rank, userID: user, score: score)
        }
        return Page(epoch: epoch, version: version, total: total, entries: entries, next: json["next"]?.string)
    }

    /// Makes sure that the catalogue has the action, worth so many points. One that is there is used as it is, and
    /// never changed: it may be somebody else's.
    func prepareAction(_ updates: Scenario.Updates, board: String, token: String) async throws {
        let url = url(0) + "/actions/\(updates.action)"
        var answer = try await send(.GET, url, token: token, body: nil)
        if answer.status == 404 {
            answer = try await send(
                .PUT, url, token: token, body: #"{"points":\#(updates.points),"boards":["\#(board)"]}"#)
        }
        guard (200...201).contains(answer.status), let json = Self.json(answer.body) else {
            throw Failure(description: "\(url) was answered with \(Self.text(answer))")
        }
        let isFree = ["max_per_user_per_day", "cooldown_seconds"].allSatisfy { json[$0]?.isNull ?? true }
        guard json["points"]?.integer == updates.points, json["submits_score"]?.bool == false, isFree,
            json["boards"]?.array?.first?.string == board
        else {
            throw Failure(
                description:
                    "The action \(updates.action) is in the catalogue, with other points, boards or limits than "
                    + "the scenario's. Give updates.action another name, or delete the action.")
        }
    }

    private func send(
        _ method: HTTPMethod, _ url: String, token: String, body: String?
    ) async throws(NoAnswer) -> (status: Int, body: ByteBuffer) {
        var request = HTTPClientRequest(url: url)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        do {
            let response = try await http.execute(request, timeout: TimeAmount(timeout))
            return (Int(response.status.code), try await response.body.collect(upTo: Self.bytesMax))
        } catch {
            throw NoAnswer(url: url, reason: Self.name(of: error))
        }
    }

    // MARK: Answers

    private static func json(_ body: ByteBuffer) -> JSONValue? {
        body.withUnsafeReadableBytes { bytes in
            try? JSONValue(bytes, limits: JSONLimits(maxDocumentBytes: bytesMax))
        }
    }

    private static func text(_ answer: (status: Int, body: ByteBuffer)) -> String {
        "\(answer.status): \(String(buffer: answer.body.getSlice(at: 0, length: min(answer.body.readableBytes, 300)) ?? .init()))"
    }

    private static func name(of error: any Error) -> String {
        switch error {
        case let error as HTTPClientError:
            error == .deadlineExceeded || error == .readTimeout || error == .writeTimeout
                ? "timeout" : error == .connectTimeout ? "connect timeout" : error.shortDescription
        case is ChannelError, is IOError, is NIOConnectionError: "connection failed"
        default: "\(type(of: error))"
        }
    }
}
