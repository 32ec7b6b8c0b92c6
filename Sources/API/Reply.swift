// The API role: the HTTP routes through which scores are updated and read and the catalogue is kept. `UpdateScore.swift` has the
// whole way of one update; the lane and the ordinary route are two ways into it.

import HTTPTypes
import Hummingbird
import Leaderboard
import Listener
import NIOCore
import NIOHTTP1
import StrictJSON

/// A whole answer of the API, before it takes the form of either way in.
struct Reply: Sendable {
    var status: HTTPResponseStatus
    var body: ByteBuffer
    var fields: [(name: String, value: String)] = []
    /// Whether the connection ends with this answer.
    var closes = false
    /// After how many ms an update over a rate can pass; nil for every other answer.
    var retryAfterMilliseconds: Int64?

    static let contentType = (name: "Content-Type", value: "application/json")
    /// What every answer of the lane has; Hummingbird's get the same from a middleware.
    private static let laneFields = [
        contentType, (name: "X-Content-Type-Options", value: "nosniff"), (name: "Cache-Control", value: "no-store"),
    ]

    /// The form that the lane writes.
    func fastResponse(with more: [(name: String, value: String)] = []) -> FastResponse {
        FastResponse(
            status: status,
            fields: fields.isEmpty && more.isEmpty ? Reply.laneFields : Reply.laneFields + fields + more,
            body: body, closes: closes)
    }

    /// The body as one outcome among many, which has no header fields to tell when to come back.
    var itemBody: ByteBuffer {
        guard let wait = retryAfterMilliseconds else { return body }
        let error = APIError.rateLimited(retryAfterMilliseconds: wait, policy: nil)
        return ErrorBody(code: error.code, message: error.message, retryAfterMilliseconds: wait).buffer
    }

    /// The form that Hummingbird writes.
    var response: Response {
        var headers: HTTPFields = [.contentType: Reply.contentType.value]
        for (name, value) in fields {
            guard let name = HTTPField.Name(name) else { continue }
            headers[name] = value
        }
        if closes { headers[.connection] = "close" }
        return Response(
            status: .init(code: Int(status.code), reasonPhrase: status.reasonPhrase), headers: headers,
            body: ResponseBody(byteBuffer: body))
    }

    /// A 2xx answer whose body `write` makes.
    static func json(_ status: HTTPResponseStatus = .ok, _ write: (inout JSONWriter<ByteBuffer>) -> Void) -> Reply {
        var body = ByteBuffer()
        body.reserveCapacity(192)
        JSONWriter.append(to: &body, write)
        return Reply(status: status, body: body)
    }
}

/// A rate limit and its name in the `RateLimit` fields.
struct RatePolicy: Sendable {
    var name: String
    var limit: RateLimit
}

extension RatePolicy {
    /// The policy behind a limit of an action; nil where the update has no such limit.
    init?(_ name: UpdateLimit.Name, in limits: [UpdateLimit]) {
        for case let limit in limits where limit.name == name {
            switch limit {
            case .cooldown(let seconds):
                self.init(
                    name: name.rawValue, limit: RateLimit(count: 1, periodMilliseconds: Int64(max(1, seconds)) * 1000))
                return
            case .daily(let count, _):
                self.init(
                    name: name.rawValue, limit: RateLimit(count: max(1, count), periodMilliseconds: 86_400_000))
                return
            case .rate(let limit), .velocity(let limit):
                self.init(name: name.rawValue, limit: limit)
                return
            }
        }
        return nil
    }
}

/// Everything that the API refuses, with the status, code and message that clients rely on.
enum APIError: Error, Sendable {
    case invalidInput([FieldProblem])
    case unauthorized
    case suspicious
    case forbidden
    case actionIDReused
    case unknownAction
    case unknownBoard
    case requestTimeout
    case tooLarge
    case unsupportedMediaType
    case unsupportedContentCoding
    case rateLimited(retryAfterMilliseconds: Int64, policy: RatePolicy?)
    case unavailable

    var status: HTTPResponseStatus {
        switch self {
        case .invalidInput: .badRequest
        case .unauthorized: .unauthorized
        case .suspicious, .forbidden: .forbidden
        case .actionIDReused: .conflict
        case .unknownAction, .unknownBoard: .notFound
        case .requestTimeout: .requestTimeout
        case .tooLarge: .payloadTooLarge
        case .unsupportedMediaType, .unsupportedContentCoding: .unsupportedMediaType
        case .rateLimited: .tooManyRequests
        case .unavailable: .serviceUnavailable
        }
    }

    var code: String {
        switch self {
        case .invalidInput: "invalid_input"
        case .unauthorized: "unauthorized"
        case .suspicious: "suspicious_activity"
        case .forbidden: "forbidden"
        case .actionIDReused: "action_id_reused"
        case .unknownAction: "unknown_action"
        case .unknownBoard: "unknown_board"
        case .requestTimeout: "request_timeout"
        case .tooLarge: "payload_too_large"
        case .unsupportedMediaType, .unsupportedContentCoding: "unsupported_media_type"
        case .rateLimited: "rate_limited"
        case .unavailable: "unavailable"
        }
    }

    var message: String {
        switch self {
        case .invalidInput: "Invalid input data or missing required fields."
        case .unauthorized: "Unauthorized access. Invalid or missing authentication token"
        case .suspicious: "Suspicious activity detected."
        case .forbidden: "The token does not allow this."
        case .actionIDReused: "The action id was used before, with another new_score."
        case .unknownAction: "There is no such action."
        case .unknownBoard: "There is no such board."
        case .requestTimeout: "The request took too long to arrive."
        case .tooLarge: "The body is too large."
        case .unsupportedMediaType: "The body must be application/json."
        case .unsupportedContentCoding: "The body must not be compressed."
        case .rateLimited: "Too many updates. Try again later."
        case .unavailable: "Try again later: the same request is safe to repeat."
        }
    }

    /// Fields beside `Content-Type`.
    private var fields: [(name: String, value: String)] {
        switch self {
        case .unauthorized:
            return [("WWW-Authenticate", "Bearer")]
        case .unavailable:
            return [("Retry-After", "1")]
        case .unsupportedContentCoding:
            return [("Accept-Encoding", "identity")]
        case .rateLimited(let wait, let policy):
            // draft-ietf-httpapi-ratelimit-headers: what is left (r) and until when (t), and the policy's quota and window.
            let seconds = max(1, (wait + 999) / 1000)
            let retryAfter = (name: "Retry-After", value: String(seconds))
            guard let policy else { return [retryAfter] }
            let window = (policy.limit.periodMilliseconds + 999) / 1000
            return [
                retryAfter, ("RateLimit-Policy", "\"\(policy.name)\";q=\(policy.limit.count);w=\(window)"),
                ("RateLimit", "\"\(policy.name)\";r=0;t=\(seconds)"),
            ]
        default:
            return []
        }
    }

    /// Whether the connection ends with the answer: what is left of a body that nobody wants is not read.
    private var closes: Bool {
        switch self {
        case .tooLarge, .requestTimeout: true
        default: false
        }
    }

    /// The answer.
    var reply: Reply {
        var details: [(field: String, reason: String)] = []
        if case .invalidInput(let problems) = self { details = problems.map { ($0.field, $0.reason) } }
        var wait: Int64?
        if case .rateLimited(let milliseconds, _) = self { wait = max(1, milliseconds) }
        return Reply(
            status: status, body: ErrorBody(code: code, message: message, details: details).buffer, fields: fields,
            closes: closes, retryAfterMilliseconds: wait)
    }
}
