import Leaderboard
import Signing

/// The accounts.
package protocol AccountStore: Sendable {
    /// Makes an account, its profile and its first session. All of it or nothing.
    ///
    /// - Returns: the account; nil if the username is taken.
    func create(_ account: NewAccount, session: NewSession) async throws(StoreError) -> Account?
    /// The account with a username or a verified address.
    func account(_ name: LoginName) async throws(StoreError) -> Account?
    /// The account with an id.
    func account(id: String) async throws(StoreError) -> Account?
    /// Changes the password of an account, and ends its sessions but one.
    ///
    /// - Parameters:
    ///   - account: as it was when the old password was checked.
    ///   - hash: the hash of the new password.
    ///   - session: the session that stays.
    /// - Returns: the sessions that have ended; nil if the account has another password by now, or is gone, or banned.
    func changePassword(
        of account: Account, to hash: String, keeping session: SessionID
    ) async throws(StoreError) -> [SessionID]?
}
