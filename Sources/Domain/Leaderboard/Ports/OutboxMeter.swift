/// Measures the room that the outboxes take.
public protocol OutboxMeter: Sendable {
    /// Returns the size of all outboxes together, and the memory that Redis may use.
    func measure() async throws(StoreError) -> OutboxSize
}

/// The room that the outboxes take in Redis.
public struct OutboxSize: Hashable, Sendable {
    /// The bytes of the outboxes of all partitions.
    public var bytes: Int64
    /// Redis' `maxmemory` in bytes; nil if Redis has none, or does not tell.
    public var memoryBytesMax: Int64?

    /// Creates a size.
    public init(bytes: Int64, memoryBytesMax: Int64?) {
        self.bytes = bytes
        self.memoryBytesMax = memoryBytesMax
    }
}
