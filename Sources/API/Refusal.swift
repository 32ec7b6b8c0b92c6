import Leaderboard
import Logging
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

    /// A refusal whose answer says all.
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

/// An update that was refused, for those who develop with the server.
public struct RefusedUpdate: Hashable, Sendable, CustomStringConvertible {
    /// Whose score it was for; nil where that is not known.
    public var userID: String?
    /// The status of the answer.
    public var status: Int
    /// The code of the answer.
    public var code: String
    /// Why, in words that the client does not get.
    public var reason: String

    /// One line.
    public var description: String { "\(userID ?? "(no user)"): \(status) \(code): \(reason)" }
}

/// Tells of each refused update: at level debug in the log, so that a server in production is not flooded, and to whoever
/// asks for it.
struct RefusalLog: Sendable {
    private let logger: Logger
    private let onRefusal: (@Sendable (RefusedUpdate) -> Void)?
    private let isOn: Bool

    init(logger: Logger, onRefusal: (@Sendable (RefusedUpdate) -> Void)? = nil) {
        self.logger = logger
        self.onRefusal = onRefusal
        isOn = onRefusal != nil || logger.logLevel <= .debug
    }

    func note(_ refusal: Refusal, of userID: String?) {
        guard isOn else { return }
        let update = RefusedUpdate(
            userID: userID, status: Int(refusal.error.status.code), code: refusal.error.code, reason: refusal.reason())
        onRefusal?(update)
        var facts: Logger.Metadata = ["code": "\(update.code)", "reason": "\(update.reason)"]
        facts["user"] = userID.map { "\($0)" }
        logger.debug("Update refused", metadata: facts)
    }
}

extension ActionIDVerifier {
    /// The first check that an action id fails, in words; nil when it is good.
    func whyRefused(_ id: String, userID: String, now: Int64) -> String? {
        report(id, userID: userID, now: now).lines.first { !$0.passes }.map { "action id, \($0.check): \($0.text)" }
    }
}
