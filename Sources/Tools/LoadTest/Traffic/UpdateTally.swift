/// What became of the requests of a run, in numbers. Pure.
package struct UpdateTally: Sendable {
    /// Requests that were sent at all; repeats after an unknown outcome do not count again.
    package var sent = 0
    /// New action ids that were accepted.
    package var accepted = 0
    /// Of these, the ones whose answer came before the traffic ended.
    package var acceptedInTraffic = 0
    /// Of the untampered ones, those that were refused.
    package var refused = 0
    /// Untampered ones whose outcome stayed unknown.
    package var unknown = 0
    /// Requests that were due, and not sent before the traffic ended.
    package var unsent = 0
    /// Requests that were sent again, since their outcome was not known.
    package var retries = 0
    /// Requests that went out more than ``lateAfter`` after they were due.
    package var late = 0
    /// Of these, the ones that had to wait for a connection.
    package var lateForConnections = 0
    /// The latest of all, in microseconds.
    package var latenessMax: Int64 = 0
    /// Requests on their way now.
    package var inFlight = 0
    /// Answers other than 200, tampered requests' refusals left out, and requests without an answer.
    package var errors = CodeCounts()
    /// Requests of the plan that repeated an action id, among those that were sent.
    package var replaysSent = 0
    /// Requests of the plan with a tampered action id, among those that were sent.
    package var invalidSent = 0
    /// From when a request was due to the answer that settled it, in microseconds; tampered ones left out.
    package var latency = Distribution()

    /// A timer can be this late without the harness being slow.
    package static let lateAfter = Duration.milliseconds(10)

    /// Nothing sent.
    package init() {}

    /// Of all requests that should have been accepted, the share that was not.
    package var errorShare: Double {
        let failed = refused + unknown + unsent
        let all = latency.count + failed
        return all == 0 ? 0 : Double(failed) / Double(all)
    }
}
