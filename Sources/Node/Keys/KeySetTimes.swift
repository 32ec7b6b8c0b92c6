import Basics

/// When a key set is fetched, and how far an unknown key may bring that forward.
public struct KeySetTimes: Sendable {
    /// From one fetch that succeeded to the next.
    public var interval = Duration.seconds(300)
    /// The part of itself by which the interval is drawn shorter or longer, so that the nodes of a fleet do not ask in
    /// step.
    public var jitter = 0.1
    /// The least time between two fetches that unknown keys ask for: a client that invents key ids cannot cause more.
    public var unknownKeyInterval = Duration.seconds(60)
    /// The waits after failures.
    public var retry = Backoff(base: .seconds(1), cap: .seconds(60), jitter: .equal)

    /// The defaults.
    public init() {}
}
