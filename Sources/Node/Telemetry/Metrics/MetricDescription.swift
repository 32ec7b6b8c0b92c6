/// A metric's description for operators, registered under the label that the code gives it.
public struct MetricDescription: Hashable, Sendable {
    /// The label as in `Counter(label:)`, such as `scorecast.updates`.
    public let label: String
    /// One sentence for the `# HELP` line.
    public let help: String
    /// Upper bounds of a histogram's buckets, in seconds for timers and in the recorded unit for recorders; nil: the
    /// defaults.
    public let bounds: [Double]?

    /// A description of the metric with that label.
    public init(label: String, help: String, bounds: [Double]? = nil) {
        self.label = label
        self.help = help
        self.bounds = bounds
    }

    /// Bounds of timers in seconds: from the time of a script in Redis to the time that a client waits before giving
    /// up.
    public static let timerBounds: [Double] = [
        0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]

    /// Bounds of recorders that aggregate, such as sizes of batches.
    public static let recorderBounds: [Double] = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000,
    ]

    /// Most buckets of one histogram; each costs memory and a line for each of its series.
    static let boundsMax = 64

    /// Finite, in order, each once, not too many.
    static func usable(_ bounds: [Double]) -> [Double] {
        Array(Set(bounds.filter(\.isFinite)).sorted().prefix(boundsMax))
    }
}
