import LocalServers
import NIOPosix
import ScorecastClient
import TestSupport
import Testing

extension EndToEnd {
    /// Two gateways behind a balancer, as in a deployment, with clients on both.
    @Suite("Watchers and a gateway that restarts")
    struct GatewayRestart {
        private static let watchers = EndToEnd.isFull ? 5_000 : 200

        @Test(
            "one is restarted, then the other is killed: all come back and continue from their state",
            .timeLimit(.minutes(5)))
        func restart() async throws {
            // Each watcher needs one socket for the client and two for the balancer.
            try OpenFiles.allow(Self.watchers * 3 + 500)
            var plan = Cluster.Plan()
            plan.apis = 1
            plan.gateways = 2
            plan.persisters = 0
            try await Cluster.run(plan) { cluster in
                var traffic = Traffic(cluster, oracle: Oracle())
                (traffic.clients, traffic.users, traffic.replayPercent) = (1, 15, 0)
                try await traffic.run(updatesPerClient: 40)
                let nodes = cluster.gateways
                let balancer = try await Relay.start(
                    to: nodes.map(\.port), on: MultiThreadedEventLoopGroup.singleton)
                try await Fleet.run { fleet in
                    try await fleet.open(Self.watchers, port: balancer.port)
                    try await traffic.run(pause: .milliseconds(200)) {
                        try await Self.restart(nodes[0], of: cluster, fleet)
                    }
                    try await fleet.expectAll(cluster.probe)
                    try await traffic.run(pause: .milliseconds(200)) {
                        try await Self.kill(nodes[1], of: cluster, fleet)
                    }
                    try await fleet.expectAll(cluster.probe)
                }
                await balancer.stop()
            }
        }

        /// Sends SIGTERM, and starts a new process in its place at once.
        private static func restart(_ node: ScorecastProcess, of cluster: Cluster, _ fleet: Fleet) async throws {
            let leaving = try await node.metric("scorecast_gateway_connections")
            #expect(leaving > watchers / 4)
            let before = fleet.log
            let start = ContinuousClock.now
            #expect(await node.terminate() == 0)
            let stopped = ContinuousClock.now - start
            try await cluster.startNode("gateway", port: node.port)
            let back = try await allAreBack(fleet, after: before, leaving)
            var report = Report("A gateway restarts (SIGTERM) with \(leaving) of \(watchers) clients")
            report.add("until it has ended, ms", Figures.short(stopped.milliseconds))
            report.add("until all are back, ms", Figures.short((back - start).milliseconds))
            let rate = describe(fleet, since: before, start, into: &report)
            report.print()
            let log = fleet.log
            #expect(log.losses.since(before.losses) == ["asked_to_reconnect": leaving])
            // The clients come back spread over 5 s and the time of closing, far from all at once.
            #expect(rate <= leaving / 2)
            // Clients that came to the node that stayed continue with a delta, if they accept deltas.
            #expect(log.resumptions[.delta, default: 0] > before.resumptions[.delta, default: 0])
        }

        /// Sends SIGKILL. All clients go to the only node that is left.
        private static func kill(_ node: ScorecastProcess, of cluster: Cluster, _ fleet: Fleet) async throws {
            let leaving = try await node.metric("scorecast_gateway_connections")
            #expect(leaving > watchers / 4)
            let rest = try #require(cluster.gateways.first { $0 !== node })
            let memory = try NodeFacts.residentBytes(of: rest.pid)
            let before = fleet.log
            let start = ContinuousClock.now
            await node.kill()
            let (back, rate) = try await countingAdmissions(of: rest) {
                try await allAreBack(fleet, after: before, leaving)
            }
            var report = Report("A gateway is killed (SIGKILL) with \(leaving) of \(watchers) clients")
            report.add("until all are back, ms", Figures.short((back - start).milliseconds))
            describe(fleet, since: before, start, into: &report)
            report.add("most that the node let in within a second", rate)
            report.addMemory(before: memory, after: try NodeFacts.residentBytes(of: rest.pid))
            report.print()
            #expect(cluster.gateways.count == 1)
            // Half a second's worth at once, the rate of SCORECAST_GATEWAY_JOIN_RATE for the second, and the same rate
            // for a quarter of a second by which a busy machine may be late.
            #expect(rate <= 1_750)
            #expect(try await rest.metric("scorecast_gateway_connections") == watchers)
        }

        /// Runs `body`, and asks the node for its connections meanwhile.
        ///
        /// - Returns: the largest growth between two answers that were at most a second apart.
        private static func countingAdmissions<Value>(
            of node: ScorecastProcess, _ body: () async throws -> Value
        ) async throws -> (Value, Int) {
            typealias Sample = (start: ContinuousClock.Instant, end: ContinuousClock.Instant, count: Int)
            return try await withThrowingTaskGroup(of: [Sample].self) { group in
                group.addTask {
                    var samples: [Sample] = []
                    while !Task.isCancelled {
                        let start = ContinuousClock.now
                        guard let count = try? await node.metric("scorecast_gateway_connections") else { continue }
                        samples.append((start, .now, count))
                        try? await Task.sleep(for: .milliseconds(20))
                    }
                    return samples
                }
                let value = try await body()
                group.cancelAll()
                let samples = try await group.next() ?? []
                var most = 0
                for (index, former) in samples.enumerated() {
                    for later in samples[index...].prefix(while: { $0.end - former.start <= .seconds(1) }) {
                        most = max(most, later.count - former.count)
                    }
                }
                #expect(samples.count > 1)
                return (value, most)
            }
        }

        /// Waits until the clients that had to leave are back and show the state of Redis. Returns when that was.
        private static func allAreBack(
            _ fleet: Fleet, after before: Fleet.Log, _ leaving: Int
        ) async throws -> ContinuousClock.Instant {
            try await eventually("all are back", timeout: .seconds(60)) {
                fleet.log.openings.count >= before.openings.count + leaving && fleet.clients.allSatisfy(\.isOpen)
            }
            return .now
        }

        /// Adds how the clients came back. Returns the most handshakes in any second.
        @discardableResult
        private static func describe(
            _ fleet: Fleet, since before: Fleet.Log, _ start: ContinuousClock.Instant, into report: inout Report
        ) -> Int {
            let log = fleet.log
            let openings = log.openings.suffix(log.openings.count - before.openings.count)
            let rate = mostInASecond(openings)
            report.add(
                "from the signal to the new handshake", Figures(openings.map { ($0 - start).milliseconds }).summary)
            report.add("most handshakes in any second", rate)
            report.add("lost connections", "\(log.losses.since(before.losses))")
            report.add("first message after a resume", "\(log.resumptions.since(before.resumptions))")
            return rate
        }

        private static func mostInASecond(_ times: some Sequence<ContinuousClock.Instant>) -> Int {
            let times = times.sorted()
            var (most, first) = (0, 0)
            for (index, time) in times.enumerated() {
                while time - times[first] > .seconds(1) { first += 1 }
                most = max(most, index - first + 1)
            }
            return most
        }
    }
}

extension [String: Int] {
    /// Returns the difference to an earlier count.
    fileprivate func since(_ before: Self) -> Self {
        merging(before) { $0 - $1 }.filter { $0.value != 0 }
    }
}

extension [ScoreboardArrival.Kind: Int] {
    /// Returns the difference to an earlier count, by name.
    fileprivate func since(_ before: Self) -> [String: Int] {
        var counts: [String: Int] = [:]
        for (kind, count) in self where count != before[kind, default: 0] {
            counts[kind.rawValue] = count - before[kind, default: 0]
        }
        return counts
    }
}
