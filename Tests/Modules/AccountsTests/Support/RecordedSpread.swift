import Accounts
import NIOConcurrencyHelpers
import Signing

/// Remembers what it was told.
final class RecordedSpread: CredentialSpread {
    private let told = NIOLockedValueBox<[SessionID]>([])

    /// The sessions that have ended, in order.
    var ended: [SessionID] { told.withLockedValue { $0 } }

    func sessionsEnded(_ sessions: [SessionID]) async { told.withLockedValue { $0 += sessions } }
    func keysChanged() async {}
}
