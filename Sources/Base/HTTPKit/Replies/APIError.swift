import Basics
import NIOHTTP1
import StrictJSON

/// Everything that the API refuses, with the status, code and message that clients rely on.
package enum APIError: Error, Sendable {
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

    package var status: HTTPResponseStatus {
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

    package var code: String {
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

    package var message: String {
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
            // draft-ietf-httpapi-ratelimit-headers: what is left (r) and until when (t), and the policy's quota and
            // window.
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
    package var reply: Reply {
        var details: [(field: String, reason: String)] = []
        if case .invalidInput(let problems) = self { details = problems.map { ($0.field, $0.reason) } }
        var wait: Int64?
        if case .rateLimited(let milliseconds, _) = self { wait = max(1, milliseconds) }
        return Reply(
            status: status, body: ErrorBody(code: code, message: message, details: details).buffer, fields: fields,
            closes: closes, retryAfterMilliseconds: wait)
    }
}
