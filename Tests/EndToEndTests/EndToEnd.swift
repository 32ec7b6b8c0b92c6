// End-to-end tests: the real binary, as a deployment of several processes with its own Redis and Postgres. The tests
// see it only from outside: through HTTP, WebSocket, the command line, and the stores themselves.
//
// They do not test single functions; the tests of each target do. Start with `Commands/MainJobTests.swift`. `Support/`
// holds the clients, the deployment and the oracle.

import Foundation
import Testing

/// All tests with a deployment, one after the other: they measure times, and several deployments at once would disturb
/// each other.
@Suite("End to end", .serialized)
enum EndToEnd {
    /// Whether the full sizes are used (`SCORECAST_FULL=1`). The smaller sizes prove the same in seconds.
    static let isFull = ProcessInfo.processInfo.environment["SCORECAST_FULL"] == "1"

    /// The time that a busy machine may need beyond a required time.
    static let machineSlack = Duration.seconds(1)
}
