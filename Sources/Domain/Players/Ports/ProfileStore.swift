import Leaderboard

/// The stored profiles: one for each user id, whoever writes it.
public protocol ProfileStore: Sendable {
    /// The profile of a user; nil if none was ever written.
    func profile(of userID: String) async throws(StoreError) -> Profile?
    /// Changes the profile of a user, and makes it if there is none. All of it or nothing.
    ///
    /// - Returns: the profile after the change.
    func change(_ change: ProfileChange, of userID: String) async throws(StoreError) -> Profile
}
