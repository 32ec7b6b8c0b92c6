/// Where all nodes read ended sessions and API keys: Redis.
package protocol CredentialBoard: Sendable {
    /// Looks for what came after `position`.
    func read(after position: CredentialReading.Position) async throws -> CredentialReading
    /// Tells all nodes.
    ///
    /// - Returns: false if nothing was changed, since the server or the keys are other ones than the caller has seen.
    func write(_ change: CredentialChange) async throws -> Bool
    /// The tag that a list of API keys gets when it is written.
    func tag(of list: APIKeyList) -> String
}
