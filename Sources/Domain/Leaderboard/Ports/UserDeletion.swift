/// Deletes users everywhere.
public protocol UserDeletion: Sendable {
    /// Deletes a user: the scores at once if the stores allow it, and the rest by itself, whatever dies. May be called
    /// again.
    ///
    /// - Parameter boards: all boards.
    /// - Returns: the pseudonym that takes the place of the user id.
    func delete(_ userID: String, from boards: [Board]) async throws(StoreError) -> String
}
