import Leaderboard
import Signing

/// Forgets a user everywhere: the account, the profile, and all scores.
public protocol UserErasure: Sendable {
    /// Deletes the account and all rows that name it, and takes the deletion from boards and ledger on. The rest
    /// follows by itself, whatever dies.
    ///
    /// - Returns: the sessions that have ended with the account.
    func erase(_ userID: String) async throws(StoreError) -> [SessionID]
}
