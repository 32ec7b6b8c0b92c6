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

    /// No limits.
    public init() {}
}
