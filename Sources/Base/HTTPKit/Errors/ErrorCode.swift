import NIOHTTP1

/// The codes by which clients tell errors apart, each with the status and the sentence that go with it.
///
/// This is the one list: an answer of HTTP and an `error` message of a WebSocket take their codes from here. A new code
/// is a case and a row of `row`. Clients rely on codes, so a case is never renamed or removed. An ``APIError`` can say
/// more than the sentence, and can have fields of its own.
package enum ErrorCode: String, CaseIterable, Sendable {
    case invalidInput = "invalid_input"
    case badRequest = "bad_request"
    case unauthorized
    case suspicious = "suspicious_activity"
    case decreaseNotAllowed = "decrease_not_allowed"
    case forbidden
    case notFound = "not_found"
    case unknownAction = "unknown_action"
    case unknownBoard = "unknown_board"
    case unknownWindow = "unknown_window"
    case unknownPeriod = "unknown_period"
    case unknownUser = "unknown_user"
    case unknownRank = "unknown_rank"
    case methodNotAllowed = "method_not_allowed"
    case requestTimeout = "request_timeout"
    case actionIDReused = "action_id_reused"
    case boardInUse = "board_in_use"
    case periodSealed = "period_sealed"
    case tooLarge = "payload_too_large"
    case targetTooLong = "uri_too_long"
    case unsupportedMediaType = "unsupported_media_type"
    case expectationFailed = "expectation_failed"
    case upgradeRequired = "upgrade_required"
    case rateLimited = "rate_limited"
    case headersTooLarge = "headers_too_large"
    case internalError = "internal_error"
    case notImplemented = "not_implemented"
    case unavailable
    case backlogged
    case taken
    case invalidCredentials = "invalid_credentials"
    case mailNotConfigured = "mail_not_configured"
    case idempotencyKeyReused = "idempotency_key_reused"
    case idempotencyInProgress = "idempotency_in_progress"
    case unknownTask = "unknown_task"
    case unknownChallenge = "unknown_challenge"
    case unknownBadge = "unknown_badge"
    case insufficientFunds = "insufficient_funds"
    case taskClosed = "task_closed"
    case challengeNotReady = "challenge_not_ready"
    case noMoreHints = "no_more_hints"
    case tooMany = "too_many"
    // Messages of a WebSocket alone. They have no status of their own; this is the one of a request that is at fault.
    case invalidMessage = "invalid_message"
    case unknownType = "unknown_type"
    case tooManyRooms = "too_many_rooms"
    case notJoined = "not_joined"

    private var row: (status: HTTPResponseStatus, message: String) {
        switch self {
        case .invalidInput: (.badRequest, "Invalid input data or missing required fields.")
        case .badRequest: (.badRequest, "The request cannot be understood.")
        case .unauthorized: (.unauthorized, "Unauthorized access. Invalid or missing authentication token")
        case .suspicious: (.forbidden, "Suspicious activity detected.")
        case .decreaseNotAllowed: (.forbidden, "The board does not take updates that make a score worse.")
        case .forbidden: (.forbidden, "The token does not allow this.")
        case .notFound: (.notFound, "There is nothing here.")
        case .unknownAction: (.notFound, "There is no such action.")
        case .unknownBoard: (.notFound, "There is no such board.")
        case .unknownWindow: (.notFound, "The board has no such window.")
        case .unknownPeriod: (.notFound, "The window has no such period.")
        case .unknownUser: (.notFound, "The user has no score there.")
        case .unknownRank: (.notFound, "The ranking is not that long.")
        case .methodNotAllowed: (.methodNotAllowed, "The method is not allowed here.")
        case .requestTimeout: (.requestTimeout, "The request took too long to arrive.")
        case .actionIDReused: (.conflict, "The action id was used before, with another new_score.")
        case .boardInUse: (.conflict, "The board has scores or actions to which this does not fit.")
        case .periodSealed: (.conflict, "The action was issued outside of the periods that take scores.")
        case .tooLarge: (.payloadTooLarge, "The body is too large.")
        case .targetTooLong: (.uriTooLong, "The request's target is too long.")
        case .unsupportedMediaType: (.unsupportedMediaType, "The body must be application/json.")
        case .expectationFailed: (.expectationFailed, "The only expectation that can be met is 100-continue.")
        case .upgradeRequired: (.upgradeRequired, "This address speaks WebSocket.")
        case .rateLimited: (.tooManyRequests, "Too many updates. Try again later.")
        case .headersTooLarge: (.requestHeaderFieldsTooLarge, "The header fields are too large.")
        case .internalError: (.internalServerError, "Something went wrong here.")
        case .notImplemented: (.notImplemented, "There is no such method here.")
        case .unavailable: (.serviceUnavailable, "Try again later: the same request is safe to repeat.")
        case .backlogged: (.serviceUnavailable, "Updates wait to be stored. Try again later with the same request.")
        case .taken: (.conflict, "Somebody else has this name.")
        case .invalidCredentials: (.unauthorized, "The name or the password is wrong.")
        case .mailNotConfigured: (.serviceUnavailable, "This server sends no mail.")
        case .idempotencyKeyReused: (.unprocessableEntity, "The Idempotency-Key was used before, with another request.")
        case .idempotencyInProgress: (.conflict, "The first request with this Idempotency-Key is still in progress.")
        case .unknownTask: (.notFound, "There is no such task.")
        case .unknownChallenge: (.notFound, "There is no such challenge.")
        case .unknownBadge: (.notFound, "There is no such badge.")
        case .insufficientFunds: (.conflict, "The wallet has less than that.")
        case .taskClosed: (.conflict, "The task is done or archived, and cannot change this way.")
        case .challengeNotReady: (.conflict, "The challenge is still being generated.")
        case .noMoreHints: (.conflict, "The challenge has no more hints.")
        case .tooMany: (.conflict, "There are too many of these. Delete some first.")
        case .invalidMessage: (.badRequest, "The message is not a JSON object with a type.")
        case .unknownType: (.badRequest, "Messages are join-room, leave-room, challenge-update and hint-request.")
        case .tooManyRooms: (.badRequest, "This connection follows too many rooms.")
        case .notJoined: (.badRequest, "This connection does not follow that room.")
        }
    }

    /// The status of an HTTP answer.
    package var status: HTTPResponseStatus { row.status }

    /// A sentence for people. It says nothing of the inside.
    package var message: String { row.message }

    /// The header fields that an answer has beside those of all answers.
    package var fields: [(name: String, value: String)] {
        switch self {
        case .unauthorized, .invalidCredentials: Self.bearerChallenge
        case .upgradeRequired: Self.webSocketUpgrade
        case .unavailable, .backlogged, .idempotencyInProgress: Self.retryInOneSecond
        default: []
        }
    }

    /// Whether the connection ends with the answer: the rest of a body that is not wanted is not read.
    package var endsConnection: Bool { self == .tooLarge || self == .requestTimeout }

    private static let bearerChallenge = [(name: "WWW-Authenticate", value: "Bearer")]
    private static let webSocketUpgrade = [
        (name: "Upgrade", value: "websocket"), (name: "Connection", value: "Upgrade"),
    ]
    private static let retryInOneSecond = [(name: "Retry-After", value: "1")]
}
