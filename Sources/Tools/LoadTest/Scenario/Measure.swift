/// A figure for which a scenario can set a threshold. The raw value is its name in scenarios and reports.
public enum Measure: String, Sendable, CaseIterable {
    /// From the time when a request was due to the answer that gave its outcome, in milliseconds.
    case updateP50 = "update_p50_ms"
    /// The same, for the slowest hundredth.
    case updateP99 = "update_p99_ms"
    /// The same, for the slowest thousandth.
    case updateP999 = "update_p999_ms"
    /// The slowest.
    case updateMax = "update_max_ms"
    /// Of the requests that should have been accepted, the share that was refused, not sent or left unknown.
    case updateErrors = "update_error_share"
    /// Accepted updates in a second of traffic, at least.
    case acceptedPerSecond = "accepted_per_second"
    /// From the commit of a change to its arrival at a watcher, milliseconds.
    case stalenessP50 = "staleness_p50_ms"
    /// The same, for the latest hundredth.
    case stalenessP99 = "staleness_p99_ms"
    /// The same, for the latest thousandth.
    case stalenessP999 = "staleness_p999_ms"
    /// From the first watcher to get a version to the last one, milliseconds.
    case skewP99 = "skew_p99_ms"
    /// From the end of the traffic until all watchers showed the final top, milliseconds.
    case converge = "converge_ms"
    /// Connections of watchers that had to be made again.
    case reconnects

    /// Whether more is better, so that the threshold is a minimum.
    package var isAtLeast: Bool { self == .acceptedPerSecond }
}
