/// The outcomes of the requests of a run, in numbers. Pure.
package struct UpdateTally: Sendable {
    /// Requests that were sent at all; repeats after an unknown outcome do not count again.
    package var sent = 0
    /// New action ids that were accepted.
    package var accepted = 0
    /// Of these, those whose answer came before the traffic ended.
    package var acceptedInTraffic = 0
    /// Untampered ones that were refused.
    package var refused = 0
    /// Untampered ones whose outcome stayed unknown.
    package var unknown = 0
    /// Requests that were due, and not sent before the traffic ended.
    package var unsent = 0
    /// Requests that were sent again because their outcome was not known.
    package var retries = 0
    /// Requests that went out more than ``lateAfter`` after they were due.
    package var late = 0
    /// Of these, those that had to wait for a connection.
    package var lateForConnections = 0
    /// The latest of all, in microseconds.
    package var latenessMax: Int64 = 0
    /// Requests on their way now.
    package var inFlight = 0
    /// Answers other than 200, without the refusals of tampered requests, and requests without an answer.
    package var errors = CodeCounts()
    /// Requests of the plan that repeated an action id, among those that were sent.
    package var replaysSent = 0
    /// Requests of the plan with a tampered action id, among those that were sent.
    package var invalidSent = 0
    /// From the time when a request was due to the answer that gave its outcome, in microseconds; without tampered
    /// ones.
    package var latency = Distribution()

    /// A timer can be this late even if the harness is not slow.
    package static let lateAfter = Duration.milliseconds(10)

    /// Nothing sent.
    package init() {}

    /// The share of requests that should have been accepted and were not.
    package var errorShare: Double {
        let failed = refused + unknown + unsent
        let all = latency.count + failed
        return all == 0 ? 0 : Double(failed) / Double(all)
    }
}
