import LocalServers
import ScorecastClient
import TestSupport
import Testing

extension EndToEnd {
    /// Clients that stop reading: a phone in a pocket, a page in the background, a network that stalls.
    @Suite("Watchers that stop reading")
    struct SlowReaders {
        private static let watchers = EndToEnd.isFull ? 5_000 : 250
        private static let sleepers = 0..<(watchers / 5)
        private static let others = sleepers.upperBound..<watchers
        /// The number of versions that are measured, and the least number that are skipped.
        private static let versions = EndToEnd.isFull ? 100 : 80
        /// The time between two changes. The interval of pushes is shorter, so that no change waits for its turn.
        private static let pause = EndToEnd.isFull ? Duration.milliseconds(100) : .milliseconds(10)
        private static let interval = EndToEnd.isFull ? "50ms" : "2ms"

        @Test(
            "cost little memory, delay nobody else, and get the current state when they read again",
            .timeLimit(.minutes(5)))
        func stopReading() async throws {
            try OpenFiles.allow(Self.watchers + 500)
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 1, 0)
            plan.environment["SCORECAST_FANOUT_INTERVAL"] = Self.interval
            try await Cluster.run(plan) { cluster in
                let node = try #require(cluster.gateways.first)
                let traffic = Self.traffic(cluster)
                try await traffic.run(updatesPerClient: 60)
                try await Crowd.run { crowd in
                    // The kernel's buffers are small, so that few messages fill them.
                    try await crowd.open(Self.watchers, port: node.port, receiveBytes: 8 * 1024)
                    try await traffic.run(pause: Self.pause) { try await Self.measure(cluster, node, crowd) }
                    try await crowd.expectAll(cluster.probe)
                    #expect(try await node.metric("scorecast_gateway_connections") == Self.watchers)
                }
            }
        }

        /// One client whose updates all change the top, with the longest names, for long messages.
        private static func traffic(_ cluster: Cluster) -> Traffic {
            var traffic = Traffic(cluster, oracle: Oracle())
            (traffic.clients, traffic.users, traffic.replayPercent) = (1, 10, 0)
            traffic.userPrefix = String(repeating: "long-", count: 12)
            return traffic
        }

        private static func measure(_ cluster: Cluster, _ node: ScorecastProcess, _ crowd: Crowd) async throws {
            let all = try await latencies(crowd, cluster)
            let memory = try NodeFacts.residentBytes(of: node.pid)
            let before = crowd.log.seen[sleepers]

            try await crowd.setReading(false, sleepers)
            let skipped = "scorecast_gateway_frames_skipped_total"
            try await eventually("none of them takes anything any more", timeout: .seconds(60)) {
                let first = try await (node.metric(skipped), cluster.probe.top().version)
                try await Task.sleep(for: pause * 5)
                let second = try await (node.metric(skipped), cluster.probe.top().version)
                return second.1 > first.1 && second.0 - first.0 >= sleepers.count * Int(second.1 - first.1 - 1)
            }
            let rest = try await latencies(crowd, cluster)
            let peak = try NodeFacts.residentBytes(of: node.pid)

            let top = try await cluster.probe.top()
            let start = ContinuousClock.now
            try await crowd.setReading(true, sleepers)
            let awake = ContinuousClock.now - start
            let caughtUp =
                try await crowd.catchUp(sleepers, with: top.version, within: .seconds(10) + EndToEnd.machineSlack)
                + awake
            let after = crowd.log.seen[sleepers]

            var report = Report("\(sleepers.count) of \(watchers) clients stop reading")
            report.add("others, before, from the commit to the arrival", all.summary)
            report.add("others, meanwhile", rest.summary)
            report.addMemory(before: memory, after: peak)
            let missed = zip(before, after).map { Int($1.version - $0.version) - ($1.messages - $0.messages) }
            let backlog = zip(before, after).map { $1.bytes - $0.bytes }
            report.add("versions that each of them did not get", "\(missed.min() ?? 0) to \(missed.max() ?? 0)")
            report.add("bytes that waited for each of them", "\(backlog.min() ?? 0) to \(backlog.max() ?? 0)")
            report.add("from reading again to all of them current, ms", Figures.short(caughtUp.milliseconds))
            report.print()

            #expect(missed.allSatisfy { $0 >= versions }, "the backlog must not wait for them")
            #expect(backlog.allSatisfy { $0 < 192 * 1024 })
            #expect(peak - memory <= (EndToEnd.isFull ? 100 : 20) * 1024 * 1024)
            // Below that is the noise of a machine that also does other things.
            #expect(rest.percentile(99) <= max(all.percentile(99) * 2, 20))
        }

        /// Returns the latencies of the other clients over the next versions.
        private static func latencies(_ crowd: Crowd, _ cluster: Cluster) async throws -> Figures {
            let samples = try await crowd.recording {
                let end = try await cluster.probe.top().version + Int64(versions)
                _ = try await crowd.catchUp(others, with: end, within: .seconds(60))
            }
            return Figures(samples.lazy.filter { others.contains($0.watcher) }.map(\.latency))
        }
    }
}
