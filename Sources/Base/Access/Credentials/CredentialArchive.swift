import Signing

/// Where ended sessions and API keys are kept for good: Postgres.
package protocol CredentialArchive: Sendable {
    /// The sessions that ended lately, and the number that tells whether the API keys have changed.
    ///
    /// - Parameter milliseconds: how long ago they may have ended, by the clock of the store.
    func look(within milliseconds: Int64) async throws -> (ended: [SessionID], keysRevision: Int64)
    /// The API keys that are not revoked.
    func keys() async throws -> APIKeyList
}
