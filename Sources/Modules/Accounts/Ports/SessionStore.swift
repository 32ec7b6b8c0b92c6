import Leaderboard
import Signing

/// The sessions of accounts, and their refresh tokens.
package protocol SessionStore: Sendable {
    /// Begins a session, if nothing has happened to the account since its password was checked.
    ///
    /// - Parameters:
    ///   - account: as it was when the password was checked.
    ///   - hash: takes the place of the account's hash; nil if that stays.
    func open(
        _ session: NewSession, of account: Account, rehashed hash: String?
    ) async throws(StoreError) -> SessionOpening
    /// Uses a refresh token up, and gives the session the next one. Of several calls with one token, at most one gets
    /// it, and the others end the session.
    ///
    /// - Parameters:
    ///   - token: the hash of the token that was shown.
    ///   - next: the hash of the next one.
    func refresh(_ token: [UInt8], next: [UInt8]) async throws(StoreError) -> SessionRefresh
    /// Ends a session.
    ///
    /// - Returns: whether it was there and had not ended.
    func end(_ session: SessionID) async throws(StoreError) -> Bool
    /// Ends all sessions of a user.
    ///
    /// - Returns: those that had not ended.
    func endAll(of userID: String) async throws(StoreError) -> [SessionID]
    /// Deletes rows that nobody needs any more, up to `limit` of each kind.
    ///
    /// - Returns: how many.
    func sweep(limit: Int) async throws(StoreError) -> Int
}
