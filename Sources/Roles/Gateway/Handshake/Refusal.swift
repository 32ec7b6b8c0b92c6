import HTTPKit
import Leaderboard
import Listener
import WebSocket

/// A refused upgrade, or a refused event stream.
package struct Refusal: Error {
    /// For the metric.
    package let reason: RefusalReason
    /// The answer to the client.
    package let error: APIError

    /// Gathers the parts.
    init(_ reason: RefusalReason, _ error: APIError) {
        self.reason = reason
        self.error = error
    }

    /// The answer. The connection stays: nothing was agreed, so the next request on it is HTTP (RFC 9110, 7.8).
    package var response: FastResponse {
        FastResponse(
            status: error.code.status,
            fields: FastResponse.jsonFields + [(name: "Cache-Control", value: "no-store")] + error.fields,
            body: error.body())
    }
}
