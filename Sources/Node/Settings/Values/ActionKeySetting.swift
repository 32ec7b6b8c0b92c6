/// A key that signs and verifies action ids (one entry of `SCORECAST_ACTION_KEYS`).
public struct ActionKeySetting: Sendable {
    /// Names the key inside action ids: 1 to 32 characters of `A-Z a-z 0-9 _ -`.
    public var id: String
    /// The HMAC-SHA256 key, at least 16 bytes.
    public var key: Secret<[UInt8]>

    /// A key by its id.
    public init(id: String, key: Secret<[UInt8]>) {
        self.id = id
        self.key = key
    }
}
