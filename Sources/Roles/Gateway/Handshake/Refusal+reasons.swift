import Basics
import HTTPKit
import Leaderboard
import WebSocket

extension Refusal {
    /// A request that does not open a WebSocket.
    init(_ fault: OpeningHandshake.Fault) {
        switch fault {
        case .method: self = .method
        case .notAnUpgrade: self = .notAnUpgrade
        case .version: self = .version
        case .key: self = .key
        }
    }

    // MARK: The request

    /// A WebSocket is asked for with another method than GET.
    static var method: Refusal { method("A WebSocket is opened with GET.") }

    /// An event stream is asked for with another method than GET.
    static var eventsMethod: Refusal { method("An event stream is opened with GET.") }

    private static func method(_ message: String) -> Refusal {
        Refusal(.method, APIError(.methodNotAllowed, message: message, fields: [("Allow", "GET, HEAD")]))
    }

    /// The request does not ask for a WebSocket.
    static var notAnUpgrade: Refusal { Refusal(.upgrade, APIError(.upgradeRequired)) }

    /// A version other than 13 (RFC 6455, 4.4).
    static var version: Refusal {
        Refusal(
            .version,
            APIError(
                .upgradeRequired, message: "This address speaks WebSocket version 13.",
                fields: [("Sec-WebSocket-Version", "13")] + ErrorCode.upgradeRequired.fields))
    }

    /// `Sec-WebSocket-Key` is not what RFC 6455 asks for.
    static var key: Refusal {
        Refusal(
            .key, .invalidInput([FieldProblem(field: "Sec-WebSocket-Key", reason: "must be 16 bytes in base64")]))
    }

    /// The browser's page may not connect here.
    static var origin: Refusal {
        Refusal(.origin, APIError(.forbidden, message: "Connections from this origin are not allowed."))
    }

    /// It shows two tokens or API keys.
    init(_ error: APIError) { self.init(.input, error) }

    // MARK: The room

    /// There is no such room; for clients that see the status of the answer.
    init(_ problem: RankingProblem) {
        switch problem {
        case .invalid(let details): self.init(.input, .invalidInput(details))
        case .unknownBoard: self.init(.board, .unknownBoard)
        case .unknownWindow: self.init(.window, APIError(.unknownWindow))
        case .noCatalogue: self = .noCatalogue
        }
    }

    /// It is not known yet which boards there are, and who may see them.
    static var noCatalogue: Refusal {
        Refusal(.catalogue, APIError(.unavailable, message: "The boards are not known yet. Try again."))
    }

    /// A private board, and no valid token.
    static var unauthorized: Refusal { Refusal(.token, .unauthorized) }

    /// A private board, and a token that does not allow to read scores.
    static var forbidden: Refusal { Refusal(.scope, .forbidden) }

    /// A private board, and no keys yet to check a token with, or it is not known which sessions have ended.
    static var noKeys: Refusal {
        Refusal(.keys, APIError(.unavailable, message: "Tokens cannot be checked yet. Try again."))
    }

    // MARK: Limits

    /// The client's address has as many connections as one may have.
    static var address: Refusal { tooMany(.address, "Too many connections from this address.") }

    /// The client's address joins faster than one may.
    static var addressRate: Refusal { tooMany(.addressRate, "Too many connections at once from this address.") }

    private static func tooMany(_ reason: RefusalReason, _ message: String) -> Refusal {
        Refusal(reason, APIError(.rateLimited, message: message, fields: [("Retry-After", "10")]))
    }

    /// Too many connections are being opened.
    static func rate(retryAfterSeconds: Int) -> Refusal {
        unavailable(.rate, "Too many connections at once. Try again later.", retryAfterSeconds: retryAfterSeconds)
    }

    /// The node has as many connections as it takes.
    static var capacity: Refusal {
        unavailable(.capacity, "Too many connections. Try again later.", retryAfterSeconds: 5)
    }

    private static func unavailable(
        _ reason: RefusalReason, _ message: String, retryAfterSeconds: Int
    ) -> Refusal {
        Refusal(
            reason, APIError(.unavailable, message: message, fields: [("Retry-After", String(retryAfterSeconds))]))
    }

    // MARK: The end

    /// The client did not wait for its turn; nobody reads this.
    static var gone: Refusal { Refusal(.gone, APIError(.unavailable, message: "Try again.")) }

    /// The node is shutting down. Another one, or its successor, answers the next try.
    static var draining: Refusal {
        Refusal(.draining, APIError(.unavailable, message: "This node is restarting. Try again."))
    }
}
