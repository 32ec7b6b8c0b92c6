import Basics
import Foundation
import LocalServers
import TestSupport

/// Clients that update scores on all boards, through all API nodes. Each has a thread. If a client does not know the
/// outcome of an update, it sends it again with the same action id.
struct FaultTraffic: Sendable {
    private let ports: [Int]
    private let credentials: Credentials
    private let oracle: FaultOracle
    private let timeline: FaultTimeline
    private let seed: UInt64
    /// How many clients there are.
    var clients = 12
    var users = 60
    /// The percentage of requests that repeat an acknowledged update. An update that was lost must not be repeated: it
    /// would count.
    var replayPercent = 10
    /// The percentage of updates that are given up after the first failure.
    var givenUpPercent = 3
    /// How long a client tries to get one update acknowledged.
    var patience = Duration.seconds(40)
    /// The pause of a client between two updates.
    var pause = Duration.milliseconds(4)

    init(_ deployment: FaultDeployment, _ oracle: FaultOracle, seed: UInt64) {
        ports = deployment.apis
        credentials = deployment.cluster.credentials
        timeline = deployment.timeline
        self.oracle = oracle
        self.seed = seed
    }

    /// Sends updates for as long as `body` runs.
    func run(isolation: isolated (any Actor)? = #isolation, while body: () async throws -> Void) async throws {
        let stop = StopFlag()
        let threads = Task {
            try await onThreads(clients) { number in
                var client = Client(traffic: self, number: number, stop: stop)
                while !stop.isSet {
                    client.next()
                    Thread.sleep(pause)
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

    /// Fills the board `large` with one update of each user.
    func fill(_ users: Int) async throws {
        let action = FaultDeployment.filling
        let batches = stride(from: 0, to: users, by: 500).map { $0..<min($0 + 500, users) }
        let token = credentials.token("filler", role: "service")
        try await onThreads(4) { number in
            let connection = KeepAliveClient(port: ports[number % ports.count], timeout: .seconds(30))
            for batch in batches.enumerated() where batch.offset % 4 == number {
                let ids = batch.element.map { ("b\($0)", credentials.actionID("b\($0)", action.id)) }
                let items = ids.map { Update.body(user: $0.0, id: $0.1) }.joined(separator: ",")
                var counted = 0
                try waitUntil("a batch counts") {
                    let answer = try connection.post(
                        "/update-scores", token: token, json: #"{"updates":[\#(items)]}"#)
                    counted =
                        answer.text.split(separator: #""status":"success""#, omittingEmptySubsequences: false).count - 1
                    return counted == ids.count
                }
                oracle.acknowledgeAll(ids.map { ($0.1, $0.0) }, action: action)
            }
        }
    }

    /// Repeats the last acknowledged updates, which must all be replays with the same answer.
    func repeatLast() async throws {
        let ids = oracle.recent
        let entries = oracle.entries
        try await onThreads(4) { number in
            let connection = KeepAliveClient(port: ports[number % ports.count])
            for (index, id) in ids.enumerated() where index % 4 == number {
                guard let user = entries[FaultOracle.signature(id)]?.user else { continue }
                let sent = timeline.now
                let answer = try connection.post(
                    "/update-score", token: credentials.token(user), json: Update.body(user: user, id: id))
                guard answer.status == 200 else {
                    oracle.violation("a repeat at the end got \(answer.status): \(answer.text): \(id)")
                    continue
                }
                oracle.acknowledge(id, sent: sent, body: answer.text, isFirst: false)
            }
        }
    }

    /// One client, on one thread.
    private struct Client {
        let traffic: FaultTraffic
        let stop: StopFlag
        let connections: [KeepAliveClient]
        var random: SplitMix64
        var turn: Int
        var tokens: [String: String] = [:]

        init(traffic: FaultTraffic, number: Int, stop: StopFlag) {
            self.traffic = traffic
            self.stop = stop
            connections = traffic.ports.map { KeepAliveClient(port: $0, timeout: .seconds(8)) }
            random = SplitMix64(seed: traffic.seed &+ UInt64(number) &* 0x9E37_79B9)
            turn = number
        }

        mutating func next() {
            if chance(traffic.replayPercent),
                let (id, user) = traffic.oracle.earlier(Int.random(in: 0..<1 << 20, using: &random))
            {
                _ = attempt(id, user, isFirst: false)
            } else {
                let user = "u\(Int.random(in: 0..<traffic.users, using: &random))"
                let action = FaultDeployment.actions.randomElement(using: &random) ?? FaultDeployment.actions[0]
                let id = traffic.credentials.actionID(user, action.id)
                traffic.oracle.begin(id, user: user, action: action)
                deliver(id, user)
            }
        }

        /// Sends an update until it is acknowledged.
        private mutating func deliver(_ id: String, _ user: String) {
            let deadline = ContinuousClock.now + traffic.patience
            var isFirst = true
            while !attempt(id, user, isFirst: isFirst) {
                guard !chance(traffic.givenUpPercent), !stop.isSet, ContinuousClock.now < deadline else { return }
                isFirst = false
                Thread.sleep(.milliseconds(Int.random(in: 10...60, using: &random)))
            }
        }

        /// Returns whether it was acknowledged, or will never be.
        private mutating func attempt(_ id: String, _ user: String, isFirst: Bool) -> Bool {
            turn += 1
            let connection = connections[turn % connections.count]
            let sent = traffic.timeline.now
            do {
                let answer = try connection.post(
                    "/update-score", token: token(user), json: Update.body(user: user, id: id))
                switch answer.status {
                case 200:
                    traffic.oracle.acknowledge(id, sent: sent, body: answer.text, isFirst: isFirst)
                    return true
                case 503:
                    traffic.oracle.failed(id, sent: sent, result: "503", isAnswer: true)
                    return false
                default:
                    traffic.oracle.violation("\(answer.status) from \(connection.port): \(answer.text): \(id)")
                    traffic.oracle.failed(id, sent: sent, result: "\(answer.status)", isAnswer: true)
                    return true
                }
            } catch {
                traffic.oracle.failed(id, sent: sent, result: "no answer", isAnswer: false)
                return false
            }
        }

        private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

        private mutating func token(_ user: String) -> String {
            if let known = tokens[user] { return known }
            let new = traffic.credentials.token(user)
            tokens[user] = new
            return new
        }
    }
}
