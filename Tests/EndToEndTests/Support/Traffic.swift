import Foundation
import LocalServers
import TestSupport

/// Clients that update scores through the API nodes and report to an oracle. Each has a thread, with a connection to
/// every node.
///
/// If a client does not know the outcome of an update, it sends the update again with the same action id until it is
/// acknowledged.
struct Traffic: Sendable {
    /// The failures that clients tolerate. Anything else is a violation.
    struct Tolerance: OptionSet, Sendable {
        let rawValue: Int
        /// 503 in the contract's form.
        static let unavailable = Tolerance(rawValue: 1)
        /// A request without an answer, as when a node goes down.
        static let brokenConnections = Tolerance(rawValue: 2)
    }

    var ports: [Int]
    var credentials: Credentials
    var oracle: Oracle
    var clients = 16
    var users = 200
    /// The prefix of the clients' user ids.
    var userPrefix = "u"
    /// The percentage of requests that repeat an update that was acknowledged before, to any client, on any node.
    var replayPercent = 10
    var tolerance: Tolerance = []
    /// How long a client tries to get one update acknowledged.
    var patience = Duration.seconds(20)
    /// The most time for which clients send while something else runs.
    var longest = Duration.seconds(60)
    /// Records how long answers take, if they are wanted.
    var timings: Timings?

    /// Creates traffic to all API nodes of a deployment.
    init(_ cluster: Cluster, oracle: Oracle) {
        ports = cluster.apis.map(\.port)
        credentials = cluster.credentials
        self.oracle = oracle
    }

    /// Sends `updatesPerClient` updates from each client.
    func run(updatesPerClient: Int) async throws {
        try await onThreads(clients) { number in
            var client = Client(traffic: self, number: number)
            for _ in 0..<updatesPerClient { client.next() }
        }
    }

    /// Sends updates for as long as `body` runs, but at most for `longest`.
    ///
    /// - Parameter pause: the pause of a client between two updates.
    func run<Result>(
        pause: Duration = .milliseconds(5), isolation: isolated (any Actor)? = #isolation,
        while body: () async throws -> Result
    ) async throws -> Result {
        let flag = StopFlag()
        let deadline = ContinuousClock.now + longest
        let threads = Task {
            try await onThreads(clients) { number in
                var client = Client(traffic: self, number: number)
                while !flag.isSet, ContinuousClock.now < deadline {
                    client.next()
                    Thread.sleep(pause)
                }
            }
        }
        do {
            let result = try await body()
            flag.set()
            try await threads.value
            return result
        } catch {
            flag.set()
            try await threads.value
            throw error
        }
    }

    /// One client, on one thread.
    private struct Client {
        let traffic: Traffic
        let connections: [KeepAliveClient]
        var turn: Int
        var tokens: [String: String] = [:]

        init(traffic: Traffic, number: Int) {
            self.traffic = traffic
            connections = traffic.ports.map { KeepAliveClient(port: $0) }
            turn = number
        }

        mutating func next() {
            if Int.random(in: 0..<100) < traffic.replayPercent, let earlier = traffic.oracle.earlier() {
                deliver(earlier, replay: true)
            } else {
                let user = "\(traffic.userPrefix)\(Int.random(in: 0..<traffic.users))"
                let action = Cluster.points.keys.randomElement() ?? "kill"
                let id = traffic.credentials.actionID(user, action)
                deliver(Update(user: user, action: action, id: id), replay: false)
            }
        }

        /// Sends an update until it is acknowledged.
        private mutating func deliver(_ update: Update, replay: Bool) {
            let deadline = ContinuousClock.now + traffic.patience
            var outcomeIsKnown = true
            while ContinuousClock.now < deadline {
                turn += 1
                let connection = connections[turn % connections.count]
                let start = ContinuousClock.now
                do {
                    defer { traffic.timings?.record(since: start) }
                    let answer = try connection.post("/update-score", token: token(update.user), json: update.body)
                    switch answer.status {
                    case 200:
                        return traffic.oracle.acknowledge(
                            update, answer, replay: outcomeIsKnown ? replay : replay ? true : nil)
                    case 503 where traffic.tolerance.contains(.unavailable):
                        checkUnavailable(answer)
                    default:
                        return traffic.oracle.violation("\(answer.status) from \(connection.port): \(answer.text)")
                    }
                } catch {
                    traffic.oracle.connectionBroke()
                    guard traffic.tolerance.contains(.brokenConnections) else {
                        return traffic.oracle.violation("no answer from \(connection.port): \(error)")
                    }
                }
                outcomeIsKnown = false
                Thread.sleep(.milliseconds(Int.random(in: 10...30)))
            }
            traffic.oracle.violation("not acknowledged within \(traffic.patience): \(update.id)")
        }

        private func checkUnavailable(_ answer: TinyHTTP.Response) {
            traffic.oracle.wasUnavailable()
            if let fault = ErrorForm.fault(in: answer, status: 503, code: "unavailable") {
                traffic.oracle.violation("\(fault): \(answer.text)")
            }
            if Int(answer.header("retry-after") ?? "").map({ $0 < 0 }) ?? true {
                traffic.oracle.violation("503 without Retry-After")
            }
        }

        private mutating func token(_ user: String) -> String {
            if let known = tokens[user] { return known }
            let new = traffic.credentials.token(user)
            tokens[user] = new
            return new
        }
    }
}

extension Thread {
    /// Puts the thread to sleep.
    static func sleep(_ time: Duration) {
        let (seconds, attoseconds) = time.components
        Thread.sleep(forTimeInterval: Double(seconds) + Double(attoseconds) / 1e18)
    }
}
