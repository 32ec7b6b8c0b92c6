import Basics
import HTTPKit
import Leaderboard
import Listener
import NIOHTTP1
import WebSocket

/// An upgrade that is not to be, and what the client is told.
package struct Refusal: Error {
    /// For the metric.
    package var reason: RefusalReason
    /// The status of the answer.
    package var status: HTTPResponseStatus
    /// The stable code in the body.
    package var code: String
    /// The sentence in the body.
    package var message: String
    /// Fields at fault.
    package var details: [FieldProblem] = []
    /// Further header fields.
    package var fields: [(name: String, value: String)] = []

    /// The answer. The connection stays: nothing was agreed, so the next request on it is HTTP (RFC 9110, 7.8).
    package var response: FastResponse {
        FastResponse(
            status: status, fields: FastResponse.jsonFields + [("Cache-Control", "no-store")] + fields,
            body: ErrorBody(code: code, message: message, details: details.map { ($0.field, $0.reason) }).buffer)
    }
}

extension Refusal {
    init(_ fault: OpeningHandshake.Fault) {
        switch fault {
        case .method: self = .method
        case .notAnUpgrade: self = .notAnUpgrade
        case .version: self = .version
        case .key: self = .key
        }
    }

    /// The method is not GET.
    static var method: Refusal {
        Refusal(
            reason: .method, status: .methodNotAllowed, code: "method_not_allowed",
            message: "A WebSocket is opened with GET.", fields: [("Allow", "GET, HEAD")])
    }

    /// The request does not ask for a WebSocket.
    static var notAnUpgrade: Refusal {
        Refusal(
            reason: .upgrade, status: .upgradeRequired, code: "upgrade_required",
            message: "This address speaks WebSocket.", fields: [("Upgrade", "websocket"), ("Connection", "Upgrade")])
    }

    /// A version other than 13 (RFC 6455, 4.4).
    static var version: Refusal {
        Refusal(
            reason: .version, status: .upgradeRequired, code: "upgrade_required",
            message: "This address speaks WebSocket version 13.",
            fields: [("Sec-WebSocket-Version", "13"), ("Upgrade", "websocket"), ("Connection", "Upgrade")])
    }

    /// `Sec-WebSocket-Key` is not what RFC 6455 asks for.
    static var key: Refusal {
        invalid([FieldProblem(field: "Sec-WebSocket-Key", reason: "must be 16 bytes in base64")], reason: .key)
    }

    /// The browser's page may not connect here.
    static var origin: Refusal {
        Refusal(
            reason: .origin, status: .forbidden, code: "forbidden",
            message: "Connections from this origin are not allowed.")
    }

    /// Parameters out of form.
    static func invalid(_ details: [FieldProblem], reason: RefusalReason = .input) -> Refusal {
        Refusal(
            reason: reason, status: .badRequest, code: "invalid_input",
            message: "Invalid input data or missing required fields.", details: details)
    }

    /// There is no such room; for clients that see the status of the answer.
    init(_ problem: RoomProblem) {
        let told = ClientMessageProblem.about(problem)
        switch problem {
        case .invalid(let details): self = .invalid(details)
        case .unknownBoard, .unknownWindow:
            self.init(reason: told.reason, status: .notFound, code: told.code, message: told.message)
        case .noCatalogue: self = .noCatalogue
        }
    }

    /// It is not known yet which boards there are, and who may see them.
    static var noCatalogue: Refusal {
        Refusal(
            reason: .catalogue, status: .serviceUnavailable, code: "unavailable",
            message: "The boards are not known yet. Try again.", fields: [("Retry-After", "1")])
    }

    /// A private board, and no valid token.
    static var unauthorized: Refusal {
        let problem = ClientMessageProblem.unauthorized
        return Refusal(
            reason: .token, status: .unauthorized, code: problem.code, message: problem.message,
            fields: [("WWW-Authenticate", "Bearer")])
    }

    /// A private board, and no keys yet to check a token with.
    static var noKeys: Refusal {
        Refusal(
            reason: .keys, status: .serviceUnavailable, code: "unavailable",
            message: "Tokens cannot be checked yet. Try again.", fields: [("Retry-After", "1")])
    }

    /// The client's address has as many connections as one may have.
    static var address: Refusal {
        Refusal(
            reason: .address, status: .tooManyRequests, code: "rate_limited",
            message: "Too many connections from this address.", fields: [("Retry-After", "10")])
    }

    /// The client's address joins faster than one may.
    static var addressRate: Refusal {
        Refusal(
            reason: .addressRate, status: .tooManyRequests, code: "rate_limited",
            message: "Too many connections at once from this address.", fields: [("Retry-After", "10")])
    }

    /// Too many connections are being opened.
    static func rate(retryAfterSeconds: Int) -> Refusal {
        Refusal(
            reason: .rate, status: .serviceUnavailable, code: "unavailable",
            message: "Too many connections at once. Try again later.",
            fields: [("Retry-After", String(retryAfterSeconds))])
    }

    /// The client did not wait for its turn; nobody reads this.
    static var gone: Refusal {
        Refusal(reason: .gone, status: .serviceUnavailable, code: "unavailable", message: "Try again.")
    }

    /// The node has as many connections as it takes.
    static var capacity: Refusal {
        Refusal(
            reason: .capacity, status: .serviceUnavailable, code: "unavailable",
            message: "Too many connections. Try again later.", fields: [("Retry-After", "5")])
    }

    /// The node is on its way down; another one, or its successor, answers the next try.
    static var draining: Refusal {
        Refusal(
            reason: .draining, status: .serviceUnavailable, code: "unavailable",
            message: "This node is restarting. Try again.", fields: [("Retry-After", "1")])
    }
}
