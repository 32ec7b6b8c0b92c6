import Basics
import HTTPKit
import Leaderboard
import NIOHTTP1
import Signing

/// The refusal of an update: the answer for the client, and the reason for operators and developers.
struct Refusal: Error {
    /// The answer.
    let error: APIError
    /// The reason in words, which never reaches the client. Called only if somebody reads it.
    let reason: @Sendable () -> String

    init(_ error: APIError, _ reason: @escaping @Sendable @autoclosure () -> String) {
        self.error = error
        self.reason = reason
    }

    /// Creates a refusal whose answer is the whole reason.
    init(_ error: APIError) {
        self.init(error, error.inWords)
    }
}

extension APIError {
    /// The answer as one line.
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
    /// Returns the first check that an action id fails, in words, or nil if the id is good.
    func whyRefused(_ id: String, userID: String, now: Int64) -> String? {
        report(id, userID: userID, now: now).lines.first { !$0.passes }.map { "action id, \($0.check): \($0.text)" }
    }
}
