import Basics
import HTTPKit
import Leaderboard
import NIOHTTP1
import Signing

/// Why an update is refused: the answer to its client, and a reason that those who run the server, or develop with it,
/// can see.
struct Refusal: Error {
    /// The answer.
    let error: APIError
    /// The reason in words. They never reach the client, and are made only if somebody listens.
    let reason: @Sendable () -> String

    init(_ error: APIError, _ reason: @escaping @Sendable @autoclosure () -> String) {
        self.error = error
        self.reason = reason
    }

    /// A refusal whose answer says everything.
    init(_ error: APIError) {
        self.init(error, error.inWords)
    }
}

extension APIError {
    /// The reason that the answer gives, as one line.
    fileprivate var inWords: String {
        if code == .unauthorized {
            "the token is missing, expired, or not signed with a key that is known here"
        } else if details.isEmpty {
            message
        } else {
            details.map { "\($0.field) \($0.reason)" }.joined(separator: "; ")
        }
    }
}

extension ActionIDVerifier {
    /// The first check that an action id fails, in words; nil if it is good.
    func whyRefused(_ id: String, userID: String, now: Int64) -> String? {
        report(id, userID: userID, now: now).lines.first { !$0.passes }.map { "action id, \($0.check): \($0.text)" }
    }
}
