import Foundation
import Synchronization
import TestSupport

/// Clients that update one board through all API nodes, each on a thread of its own. A 503 is answered by a retry with
/// the same action id. Records what was acknowledged.
final class BoardTraffic: Sendable {
    private struct State {
        /// The users of the acknowledged action ids, by signature.
        var acknowledged: [String: String] = [:]
        var unavailable = 0
        var violations: [String] = []
    }

    private let ports: [Int]
    private let credentials: Credentials
    private let action: String
    private let state = Mutex(State())
    private let stop = StopFlag()

    private static let clients = 8
    private static let users = 20
    /// How long a client tries to get one update acknowledged.
    private static let patience = Duration.seconds(20)

    init(_ cluster: Cluster, action: String) {
        ports = cluster.apis.map(\.port)
        credentials = cluster.credentials
        self.action = action
    }

    /// The signatures of the acknowledged action ids.
    var acknowledged: Set<String> { state.withLock { Set($0.acknowledged.keys) } }
    /// The number of 503s.
    var unavailable: Int { state.withLock { $0.unavailable } }
    /// Answers that must not come.
    var violations: [String] { state.withLock { $0.violations } }

    /// Sends updates for as long as `body` runs, but at most two minutes.
    func run(isolation: isolated (any Actor)? = #isolation, while body: () async throws -> Void) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        let threads = Task {
            try await onThreads(Self.clients) { number in
                let connections = self.ports.map { KeepAliveClient(port: $0) }
                var turn = number
                while !self.stop.isSet, ContinuousClock.now < deadline {
                    self.deliver(through: connections, &turn)
                    Thread.sleep(.milliseconds(5))
                }
            }
        }
        do {
            try await body()
            stop.set()
            try await threads.value
        } catch {
            stop.set()
            try await threads.value
            throw error
        }
    }

    private func deliver(through connections: [KeepAliveClient], _ turn: inout Int) {
        let user = "u\(Int.random(in: 0..<Self.users))"
        let id = credentials.actionID(user, action)
        let token = credentials.token(user)
        let deadline = ContinuousClock.now + Self.patience
        var isRetry = false
        while ContinuousClock.now < deadline {
            turn += 1
            let connection = connections[turn % connections.count]
            guard
                let answer = try? connection.post("/update-score", token: token, json: Update.body(user: user, id: id))
            else { return violation("no answer from \(connection.port)") }
            switch answer.status {
            case 200:
                guard isRetry || (try? answer.json["replayed"]) == false else {
                    return violation("a replay: \(answer.text)")
                }
                return state.withLock { $0.acknowledged[String(id.split(separator: ".").last ?? "")] = user }
            case 503:
                state.withLock { $0.unavailable += 1 }
                if let fault = ErrorForm.fault(in: answer, status: 503, code: "unavailable") { violation(fault) }
            default: return violation("\(answer.status): \(answer.text)")
            }
            isRetry = true
            Thread.sleep(.milliseconds(Int.random(in: 10...30)))
        }
        violation("not acknowledged within \(Self.patience): \(id)")
    }

    private func violation(_ text: String) {
        state.withLock { if $0.violations.count < 100 { $0.violations.append(text) } }
    }
}
