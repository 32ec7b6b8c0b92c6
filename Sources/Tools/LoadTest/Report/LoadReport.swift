/// The results of a load test.
public struct LoadReport: Sendable {
    /// The load that ran.
    package struct Run: Sendable {
        package var scenario: Scenario
        /// The beginning of the names of this run's users.
        package var prefix: String
        package var nodes: [String]
        package var watchNodes: [String]
        /// When the traffic began, in milliseconds since 1970.
        package var startedAt: Int64
        package var trafficTime: Duration
        package var isInterrupted: Bool
        /// The least number of seconds by which a node's clock is ahead of this machine's; 0 if they may agree.
        package var clocks = 0
        /// The cores that this process kept busy during the traffic, and the cores of the machine.
        package var coresBusy = 0.0
        package var cores = 1

        package init(
            scenario: Scenario, prefix: String, nodes: [String], watchNodes: [String], startedAt: Int64,
            trafficTime: Duration, isInterrupted: Bool
        ) {
            self.scenario = scenario
            self.prefix = prefix
            self.nodes = nodes
            self.watchNodes = watchNodes
            self.startedAt = startedAt
            self.trafficTime = trafficTime
            self.isInterrupted = isInterrupted
        }
    }

    /// A threshold of the scenario and its figure.
    package struct Threshold: Sendable, Equatable {
        package var measure: Measure
        package var limit: Double
        /// nil if nothing was measured, which counts as a miss.
        package var found: Double?

        package init(_ measure: Measure, limit: Double, found: Double?) {
            self.measure = measure
            self.limit = limit
            self.found = found
        }

        /// Whether the figure is good enough.
        package var isMet: Bool {
            guard let found else { return false }
            return measure.isAtLeast ? found >= limit : found <= limit
        }
    }

    /// The load that ran.
    package var run: Run
    /// The outcomes of the requests.
    package var updates: UpdateTally
    /// The results of the watchers.
    package var watching: WatchTally
    /// From the first watcher to get a version to the last one, in microseconds.
    package var skew: Distribution
    /// From the end of the traffic until all watchers showed the final top; nil if they never did.
    package var converge: Duration?
    /// The proofs, whether they hold or not.
    package var proofs: [Proof]
    /// The course of the run.
    package var timeline = Timeline()
    /// The comparison with an earlier report; nil if none was given.
    public private(set) var comparison: Comparison?
    /// Whether figures that got worse fail the test.
    private var failsIfWorse = false

    package init(
        run: Run, updates: UpdateTally, watching: WatchTally, skew: Distribution, converge: Duration?, proofs: [Proof]
    ) {
        self.run = run
        self.updates = updates
        self.watching = watching
        self.skew = skew
        self.converge = converge
        self.proofs = proofs
    }

    // MARK: Figures

    /// Accepted updates in a second of traffic; updates that were accepted after its end are left out.
    package var acceptedPerSecond: Double {
        run.trafficTime > .zero ? Double(updates.acceptedInTraffic) / (run.trafficTime / .seconds(1)) : 0
    }

    /// The value of a figure; nil if nothing was measured.
    package func value(of measure: Measure) -> Double? {
        let hasUpdates = run.scenario.updates.rate > 0
        let hasWatchers = run.scenario.watchers.count > 0
        return switch measure {
        case .updateP50: Self.milliseconds(updates.latency.percentile(0.5))
        case .updateP99: Self.milliseconds(updates.latency.percentile(0.99))
        case .updateP999: Self.milliseconds(updates.latency.percentile(0.999))
        case .updateMax: Self.milliseconds(updates.latency.percentile(1))
        case .updateErrors: hasUpdates ? updates.errorShare : nil
        case .acceptedPerSecond: hasUpdates ? acceptedPerSecond : nil
        case .stalenessP50: Self.milliseconds(watching.staleness.percentile(0.5))
        case .stalenessP99: Self.milliseconds(watching.staleness.percentile(0.99))
        case .stalenessP999: Self.milliseconds(watching.staleness.percentile(0.999))
        case .skewP99: Self.milliseconds(skew.percentile(0.99))
        case .converge: converge.map { $0 / .milliseconds(1) }
        case .reconnects: hasWatchers ? Double(watching.reconnects) : nil
        }
    }

    private static func milliseconds(_ microseconds: Int64?) -> Double? { microseconds.map { Double($0) / 1000 } }

    /// The thresholds of the scenario, in the order of ``Measure``.
    package var thresholds: [Threshold] {
        Measure.allCases.compactMap { measure in
            // A test with watchers only does not need the default for updates.
            if measure == .updateErrors, run.scenario.updates.rate == 0 { return nil }
            return run.scenario.thresholds[measure].map { Threshold(measure, limit: $0, found: value(of: measure)) }
        }
    }

    // MARK: Verdict

    /// Compares this report with an earlier one.
    ///
    /// - Parameters:
    ///   - earlier: the earlier report.
    ///   - tolerance: the share by which a figure may get worse.
    ///   - failsIfWorse: whether the test fails if a figure got worse by more.
    public mutating func compare(with earlier: EarlierReport, tolerance: Double, failsIfWorse: Bool) {
        comparison = Comparison(earlier, with: self, tolerance: tolerance)
        self.failsIfWorse = failsIfWorse
    }

    /// The number of figures that got worse, if that fails the test.
    private var worse: Int { failsIfWorse ? comparison?.worse.count ?? 0 : 0 }

    /// Whether all proofs hold, all thresholds are met, and the test was not interrupted.
    public var passed: Bool {
        !run.isInterrupted && proofs.allSatisfy(\.holds) && thresholds.allSatisfy(\.isMet) && worse == 0
    }

    /// The exit code: 0 if it passed, 130 after an interruption, else 1.
    public var exitCode: Int32 { passed ? 0 : run.isInterrupted ? 130 : 1 }

    /// The last line.
    package var verdict: String {
        let failed = proofs.count { !$0.holds }
        let missed = thresholds.count { !$0.isMet }
        var parts: [String] = []
        if failed > 0 { parts.append("\(failed) \(failed == 1 ? "proof" : "proofs")") }
        if missed > 0 { parts.append("\(missed) \(missed == 1 ? "threshold" : "thresholds")") }
        if worse > 0 { parts.append("\(worse) \(worse == 1 ? "figure" : "figures") worse than before") }
        if run.isInterrupted { parts.append("interrupted") }
        return parts.isEmpty ? "passed" : "FAILED: " + parts.joined(separator: ", ")
    }
}
