import Basics

/// The limits of the API, and how the client of a request is found.
public struct APILimits: Sendable {
    /// Updates of a user on a board, which the writer keeps; here for the answer's fields. Nil for none.
    public var rate: RateLimit?
    /// The points that a user may gain on a board in a period; nil for no limit.
    public var velocity: RateLimit?
    /// Requests of one client address, coarsely, before any cryptography; nil for no limit.
    public var address: RateLimit?
    /// Whether an address (4 or 16 bytes) is that of a proxy whose `X-Forwarded-For` is believed; nil when there are
    /// none.
    public var isTrustedProxy: (@Sendable ([UInt8]) -> Bool)?
    /// The most bytes that the outboxes of all partitions may take in Redis; nil for a quarter of its `maxmemory`, or 2
    /// GiB if it has none.
    public var outboxBytesMax: Int64?

    /// No limits.
    public init() {}
}
