import Foundation
import HTTPKit
import NIOHTTP1
import TestSupport
import Testing

/// The contract's codes, each with its status and its sentence.
@Suite struct ErrorCodeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let code: String
        let status: UInt
        let message: String

        init(_ code: String, _ status: UInt, _ message: String) {
            (self.code, self.status, self.message) = (code, status, message)
        }

        var testDescription: String { code }
    }

    static let rows = [
        Row("invalid_input", 400, "Invalid input data or missing required fields."),
        Row("bad_request", 400, "The request cannot be understood."),
        Row("unauthorized", 401, "Unauthorized access. Invalid or missing authentication token"),
        Row("suspicious_activity", 403, "Suspicious activity detected."),
        Row("decrease_not_allowed", 403, "The board does not take updates that make a score worse."),
        Row("forbidden", 403, "The token does not allow this."),
        Row("not_found", 404, "There is nothing here."),
        Row("unknown_action", 404, "There is no such action."),
        Row("unknown_board", 404, "There is no such board."),
        Row("unknown_window", 404, "The board has no such window."),
        Row("unknown_period", 404, "The window has no such period."),
        Row("unknown_user", 404, "The user has no score there."),
        Row("unknown_rank", 404, "The ranking is not that long."),
        Row("method_not_allowed", 405, "The method is not allowed here."),
        Row("request_timeout", 408, "The request took too long to arrive."),
        Row("action_id_reused", 409, "The action id was used before, with another new_score."),
        Row("board_in_use", 409, "The board has scores or actions to which this does not fit."),
        Row("period_sealed", 409, "The action was issued outside of the periods that take scores."),
        Row("payload_too_large", 413, "The body is too large."),
        Row("uri_too_long", 414, "The request's target is too long."),
        Row("unsupported_media_type", 415, "The body must be application/json."),
        Row("expectation_failed", 417, "The only expectation that can be met is 100-continue."),
        Row("upgrade_required", 426, "This address speaks WebSocket."),
        Row("rate_limited", 429, "Too many updates. Try again later."),
        Row("headers_too_large", 431, "The header fields are too large."),
        Row("internal_error", 500, "Something went wrong here."),
        Row("not_implemented", 501, "There is no such method here."),
        Row("unavailable", 503, "Try again later: the same request is safe to repeat."),
        Row("backlogged", 503, "Updates wait to be stored. Try again later with the same request."),
        Row("taken", 409, "Somebody else has this name."),
        Row("invalid_credentials", 401, "The name or the password is wrong."),
        Row("mail_not_configured", 503, "This server sends no mail."),
        Row("idempotency_key_reused", 422, "The Idempotency-Key was used before, with another request."),
        Row("idempotency_in_progress", 409, "The first request with this Idempotency-Key is still in progress."),
        Row("unknown_task", 404, "There is no such task."),
        Row("unknown_challenge", 404, "There is no such challenge."),
        Row("unknown_badge", 404, "There is no such badge."),
        Row("insufficient_funds", 409, "The wallet has less than that."),
        Row("task_closed", 409, "The task is done or archived, and cannot change this way."),
        Row("challenge_not_ready", 409, "The challenge is still being generated."),
        Row("no_more_hints", 409, "The challenge has no more hints."),
        Row("too_many", 409, "There are too many of these. Delete some first."),
        Row("invalid_message", 400, "The message is not a JSON object with a type."),
        Row("unknown_type", 400, "Messages are join-room, leave-room, challenge-update and hint-request."),
        Row("too_many_rooms", 400, "This connection follows too many rooms."),
        Row("not_joined", 400, "This connection does not follow that room."),
    ]

    @Test(arguments: rows)
    func says(_ row: Row) throws {
        let code = try #require(ErrorCode(rawValue: row.code))
        #expect(code.status.code == row.status)
        #expect(code.message == row.message)
    }

    /// No code is without a row, so a new one is written down here too.
    @Test func allAreHere() {
        #expect(ErrorCode.allCases.map(\.rawValue) == Self.rows.map(\.code))
    }

    /// Clients read of each code in the protocol's tables.
    @Test func allAreInTheDocs() throws {
        let text = try String(contentsOf: Checkout.root.appending(path: "docs/protocol.md"), encoding: .utf8)
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| ") }
        for code in ErrorCode.allCases {
            #expect(rows.contains { $0.contains("`\(code.rawValue)`") }, "\(code.rawValue)")
        }
    }

    @Test func addsFields() {
        func fields(_ code: ErrorCode) -> [String] { code.fields.map { "\($0.name): \($0.value)" } }
        let expected: [ErrorCode: [String]] = [
            .unauthorized: ["WWW-Authenticate: Bearer"], .unavailable: ["Retry-After: 1"],
            .backlogged: ["Retry-After: 1"], .idempotencyInProgress: ["Retry-After: 1"],
            .invalidCredentials: ["WWW-Authenticate: Bearer"],
            .upgradeRequired: ["Upgrade: websocket", "Connection: Upgrade"],
        ]
        for code in ErrorCode.allCases { #expect(fields(code) == expected[code] ?? [], "\(code)") }
    }

    @Test func endsTheConnectionIfABodyIsLeft() {
        #expect(ErrorCode.allCases.filter(\.endsConnection) == [.requestTimeout, .tooLarge])
    }
}
