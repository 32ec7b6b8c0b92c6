import Signing

/// What one node tells all others through Redis.
package struct CredentialChange: Sendable {
    /// Sessions that have ended.
    package var ended: [SessionID] = []
    /// The API keys, and the tag of those that the caller has seen in Redis before it read them; nil to leave the keys
    /// as they are.
    package var keys: (list: APIKeyList, insteadOf: String?)?
    /// The process (`run_id`) for which this completes the list; nil if it adds to it.
    package var completes: String?

    /// A change that only moves the time of the list on.
    package init() {}
}
