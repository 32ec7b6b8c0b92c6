import Leaderboard
import Logging
import Reporting

/// Sends messages to sockets that may get lost: what they tell is stored already, and clients can ask for it. If it
/// fails, operators are told.
struct LiveTrouble: Sendable {
    private let trouble: TroubleLog

    init(logger: Logger) {
        trouble = TroubleLog(
            warning: "News of challenges cannot be sent to sockets",
            notice: "News of challenges are sent to sockets again", logger: logger)
    }

    func run(_ send: () async throws(StoreError) -> Void) async {
        do throws(StoreError) {
            try await send()
            trouble.recordSuccess()
        } catch {
            trouble.recordFailure(error)
        }
    }
}
