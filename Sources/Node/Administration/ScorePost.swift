import AsyncHTTPClient
import Basics
import NIOCore
import NIOHTTP1
import RedisClient
import StrictJSON

/// One score update, posted as a client would post it, for trying a deployment from the command line.
public struct ScorePost: Sendable {
    /// The response.
    public struct Answer: Sendable {
        /// The status of the response.
        public let status: Int
        /// The body as text.
        public let body: String

        /// Advice about a refusal, in a sentence or two; nil if there is nothing to add.
        public var advice: String? { ScorePost.advice(status: status, body: body) }
    }

    /// The error if no response came.
    public struct Unreachable: Error, CustomStringConvertible {
        /// The failure and the remedy.
        public let description: String
    }

    private let url: String
    private static let timeout = TimeAmount.seconds(10)
    private static let answerBytesMax = 64 * 1024

    /// - Parameter url: the URL of an API node, such as `http://127.0.0.1:8080`. A path in it is kept before the
    ///   route's path.
    public init(url: String) {
        self.url = String(url.last == "/" ? url.dropLast() : url[...])
    }

    /// Posts the update.
    ///
    /// - Throws: ``Unreachable``.
    public func send(
        user: String, actionID: String, newScore: Int64?, token: String
    ) async throws(Unreachable) -> Answer {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: Self.configuration)
        do {
            let answer = try await client.execute(
                request(user: user, actionID: actionID, newScore: newScore, token: token), timeout: Self.timeout)
            let body = try await answer.body.collect(upTo: Self.answerBytesMax)
            try? await client.shutdown()
            return Answer(status: Int(answer.status.code), body: String(buffer: body))
        } catch {
            try? await client.shutdown()
            throw Unreachable(
                description:
                    "\(url) gives no answer: \(Self.reason(error)). Is it running (scorecast up), and is "
                    + "this its address (--url)? The same action id can be posted again: it counts once.")
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .connectTimeout: "no connection within the time for connecting"
        case let error as HTTPClientError where error == .deadlineExceeded: "none came within 10 s"
        default: NetworkErrorText.words(of: error).onOneLine
        }
    }

    private func request(user: String, actionID: String, newScore: Int64?, token: String) -> HTTPClientRequest {
        var body = ByteBuffer()
        JSONWriter.append(to: &body) { json in
            json.beginObject()
            json.member("user_id", user)
            json.member("action_id", actionID)
            if let newScore { json.member("new_score", newScore) }
            json.endObject()
        }
        var request = HTTPClientRequest(url: url + "/update-score")
        request.method = .POST
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        request.headers.add(name: "Content-Type", value: "application/json")
        request.headers.add(name: "User-Agent", value: "scorecast")
        request.body = .bytes(body)
        return request
    }

    private static var configuration: HTTPClient.Configuration {
        // The token must go to the named node only, so redirects are not followed.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(3)
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    /// Returns what an operator can do about a response. Pure.
    package static func advice(status: Int, body: String) -> String? {
        switch status {
        case 200: nil
        case 401:
            "The node does not accept this token. Does it have the same SCORECAST_JWT_SECRET, issuer and audience as "
                + "this command? The keys of 'scorecast up' are in its data folder: --data FOLDER."
        case 403 where body.contains("suspicious_activity"):
            "The node does not believe the action id, or the score in it. 'scorecast action --verify ID --user USER' "
                + "says what is wrong with an id. A node that runs in 'scorecast up' prints why it refused this one."
        case 404 where body.contains("unknown_action"):
            "The catalogue has no such action. GET /actions lists them, PUT /actions/ID adds one (docs/protocol.md)."
        case 404: "There is no /update-score at this address. Is it an API node?"
        case 429: "The user has reached a limit for now: SCORECAST_RATE_LIMIT, or the action's own limits."
        case 503: "The node cannot write now: GET /readyz says why. The same action id can be posted again."
        default: nil
        }
    }
}
