import Basics
import HTTPKit
import Leaderboard
import NIOHTTP1
import Signing

/// Why an update is refused: what its client is told, and what whoever runs or develops with the server can see.
struct Refusal: Error {
    /// The answer.
    let error: APIError
    /// The reason in words, which never reach the client. Made only when somebody listens.
    let reason: @Sendable () -> String

    init(_ error: APIError, _ reason: @escaping @Sendable @autoclosure () -> String) {
        self.error = error
        self.reason = reason
    }

    /// A refusal whose reason is that of its answer.
    init(_ error: APIError) {
        self.init(error, error.inWords)
    }
}

extension APIError {
    /// What the client is told, as one line.
    fileprivate var inWords: String {
        switch self {
        case .invalidInput(let problems): problems.map { "\($0.field) \($0.reason)" }.joined(separator: "; ")
        case .unauthorized: "the token is missing, expired, or not signed with a key that is known here"
        default: message
        }
    }
}

extension ActionIDVerifier {
    /// The first check that an action id fails, in words; nil if it is valid.
    func whyRefused(_ id: String, userID: String, now: Int64) -> String? {
        report(id, userID: userID, now: now).lines.first { !$0.passes }.map { "action id, \($0.check): \($0.text)" }
    }
}
