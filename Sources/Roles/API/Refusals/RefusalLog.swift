import HTTPKit
import Leaderboard
import Logging
import NIOHTTP1
import Signing

/// Reports each refused update: to the log, at level debug so that a node in production is not flooded, and to a
/// callback.
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
            userID: userID, status: Int(refusal.error.code.status.code), code: refusal.error.code.rawValue,
            reason: refusal.reason())
        onRefusal?(update)
        var facts: Logger.Metadata = ["code": "\(update.code)", "reason": "\(update.reason)"]
        facts["user"] = userID.map { "\($0)" }
        logger.debug("Update refused", metadata: facts)
    }
}
