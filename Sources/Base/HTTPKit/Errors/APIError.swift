import Basics

/// A refusal: a code, and what this occurrence of it adds.
package struct APIError: Error, Sendable {
    /// The code by which clients tell it apart. It decides the status.
    package let code: ErrorCode
    /// A sentence for people: the code's own, unless this occurrence has a better one.
    package var message: String
    /// The fields at fault.
    package var details: [FieldProblem]
    /// The header fields of the answer beside those of all answers: the code's own, unless this occurrence has others.
    package var fields: [(name: String, value: String)]
    /// When the same update can pass, in ms from now; nil for every refusal but that of a rate.
    package var retryAfterMilliseconds: Int64?

    /// - Parameters:
    ///   - message: in place of the code's sentence.
    ///   - details: the fields at fault.
    ///   - fields: in place of the code's header fields.
    package init(
        _ code: ErrorCode, message: String? = nil, details: [FieldProblem] = [],
        fields: [(name: String, value: String)]? = nil
    ) {
        self.code = code
        self.message = message ?? code.message
        self.details = details
        self.fields = fields ?? code.fields
    }

    /// The whole answer.
    package var reply: Reply {
        Reply(
            status: code.status, body: body(), fields: fields, closes: code.endsConnection,
            retryAfterMilliseconds: retryAfterMilliseconds)
    }
}

extension APIError {
    /// Fields of the request are at fault.
    package static func invalidInput(_ problems: [FieldProblem]) -> APIError {
        APIError(.invalidInput, details: problems)
    }

    /// What an administrator wants does not fit to the scores or the actions of a board.
    package static func boardInUse(_ message: String) -> APIError { APIError(.boardInUse, message: message) }

    /// The body is compressed.
    package static var unsupportedContentCoding: APIError {
        APIError(
            .unsupportedMediaType, message: "The body must not be compressed.",
            fields: [("Accept-Encoding", "identity")])
    }

    /// Too much in too short a time. The fields are those of draft-ietf-httpapi-ratelimit-headers: what is left (`r`)
    /// and until when (`t`), and the policy's quota (`q`) and window (`w`).
    ///
    /// - Parameters:
    ///   - wait: when the same can pass, in ms from now.
    ///   - policy: the limit; nil if it is not told.
    package static func rateLimited(retryAfterMilliseconds wait: Int64, policy: RatePolicy?) -> APIError {
        let seconds = max(1, (wait + 999) / 1000)
        var fields = [(name: "Retry-After", value: String(seconds))]
        if let policy {
            let window = (policy.limit.periodMilliseconds + 999) / 1000
            fields.append(("RateLimit-Policy", "\"\(policy.name)\";q=\(policy.limit.count);w=\(window)"))
            fields.append(("RateLimit", "\"\(policy.name)\";r=0;t=\(seconds)"))
        }
        var error = APIError(.rateLimited, fields: fields)
        error.retryAfterMilliseconds = max(1, wait)
        return error
    }

    // Those that need no more than their code, so that `throw .forbidden` is enough.
    package static var unauthorized: APIError { APIError(.unauthorized) }
    package static var suspicious: APIError { APIError(.suspicious) }
    package static var forbidden: APIError { APIError(.forbidden) }
    package static var actionIDReused: APIError { APIError(.actionIDReused) }
    package static var unknownAction: APIError { APIError(.unknownAction) }
    package static var unknownBoard: APIError { APIError(.unknownBoard) }
    package static var unknownWindow: APIError { APIError(.unknownWindow) }
    package static var unknownPeriod: APIError { APIError(.unknownPeriod) }
    package static var unknownUser: APIError { APIError(.unknownUser) }
    package static var unknownRank: APIError { APIError(.unknownRank) }
    package static var periodSealed: APIError { APIError(.periodSealed) }
    package static var decreaseNotAllowed: APIError { APIError(.decreaseNotAllowed) }
    package static var tooLarge: APIError { APIError(.tooLarge) }
    package static var unsupportedMediaType: APIError { APIError(.unsupportedMediaType) }
    package static var unavailable: APIError { APIError(.unavailable) }
    package static var backlogged: APIError { APIError(.backlogged) }
}
