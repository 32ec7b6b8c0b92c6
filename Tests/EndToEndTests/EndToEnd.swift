// The real binary, as a deployment of several processes on a Redis and a Postgres of its own, seen from outside only:
// HTTP,
// WebSocket, the command line, and the stores themselves. `Support/` holds the clients, the deployment and the oracle.

import Foundation
import Testing

/// All tests with a deployment, one after another: they measure times, and several deployments at once would disturb
/// each other.
@Suite("End to end", .serialized)
enum EndToEnd {
    /// Whether the full sizes are asked for (`SCORECAST_FULL=1`); the smaller ones show the same in seconds.
    static let isFull = ProcessInfo.processInfo.environment["SCORECAST_FULL"] == "1"

    /// What a busy machine may add to a time that is a requirement.
    static let machineSlack = Duration.seconds(1)
}
