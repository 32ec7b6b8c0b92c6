/// The API keys at one moment.
package struct APIKeyList: Sendable, Equatable {
    /// The number of changes of the keys before.
    package let revision: Int64
    /// The keys, at most ``APIKeyRing/countMax``.
    package let keys: [APIKeyRecord]

    /// Gathers the parts.
    package init(revision: Int64, keys: [APIKeyRecord]) {
        self.revision = revision
        self.keys = keys
    }
}
