/// When a key set is fetched, and how far an unknown key may bring that forward.
public struct KeySetTimes: Sendable {
    /// From one fetch that succeeded to the next.
    public var interval = Duration.seconds(300)
    /// By how much of itself the interval is drawn shorter or longer, so that the nodes of a fleet do not ask in step.
    public var jitter = 0.1
    /// The least time between two fetches that unknown keys ask for: whoever makes up key ids gets no more out of it.
    public var unknownKeyInterval = Duration.seconds(60)
    /// Bound on the first wait after a failure; it doubles with each further one.
    public var retryBase = Duration.seconds(1)
    /// Bound on every wait after a failure.
    public var retryMax = Duration.seconds(60)

    /// The defaults.
    public init() {}
}
