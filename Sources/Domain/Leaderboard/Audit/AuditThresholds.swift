/// The bounds beyond which increments count as irregular. All of them are here.
public struct AuditThresholds: Hashable, Sendable {
    /// How many times the points of its action an update may bring, and how many times the 99.9th percentile of the
    /// board. An update is too large if it is beyond both.
    public var sizeFactor: Int64 = 10
    /// The number of updates in a row over which the speed and the intervals are measured. At least 3.
    public var updatesMin = 50
    /// Updates of one user on a board in a second; more, over `updatesMin` updates, are too fast.
    public var updatesPerSecondMax: Double = 5
    /// The least coefficient of variation (standard deviation / mean) of the intervals between `updatesMin` updates.
    /// People are less regular than that.
    public var variationMin = 0.02

    /// The defaults.
    public init() {}
}
