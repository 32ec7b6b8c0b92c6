import LocalServers
import ScorecastClient
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Very many watchers on one node")
    struct ManySockets {
        private static let sockets = EndToEnd.isFull ? 15_000 : 500
        private static let changes = EndToEnd.isFull ? 20 : 10

        @Test("a change reaches all of them", .timeLimit(.minutes(5)))
        func all() async throws {
            try OpenFiles.allow(Self.sockets + 500)
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 1, 0)
            try await Cluster.run(plan) { cluster in
                let node = try #require(cluster.gateways.first)
                for user in 0..<12 { #expect(try await cluster.update("user-\(user)").status == 200) }
                try await Crowd.run { crowd in
                    // Exclude the fixed costs of the first connections.
                    try await crowd.open(10, port: node.port)
                    let before = try NodeFacts.residentBytes(of: node.pid)
                    let start = ContinuousClock.now
                    try await crowd.open(Self.sockets - 10, port: node.port)
                    let opening = ContinuousClock.now - start
                    let after = try NodeFacts.residentBytes(of: node.pid)
                    #expect(try await node.metric("scorecast_gateway_connections") == Self.sockets)

                    let (samples, versions) = try await Self.change(cluster, crowd)
                    var report = Report("\(Self.changes) changes to \(Self.sockets) sockets of one node")
                    report.add("until all were open, ms", Figures.short(opening.milliseconds))
                    report.add("from the commit to the arrival", Figures(samples.map(\.latency)).summary)
                    report.add("from the first to the last client", Self.skews(of: samples).summary)
                    report.addMemory(before: before, after: after)
                    report.add("memory after the changes, KiB", try NodeFacts.residentBytes(of: node.pid) / 1024)
                    report.add("memory for each client, bytes", (after - before) / (Self.sockets - 10))
                    report.print()
                    // Each client got each of these versions exactly once.
                    let arrivals = Dictionary(grouping: samples, by: \.version)
                    for version in versions {
                        #expect(Set((arrivals[version] ?? []).map(\.watcher)).count == Self.sockets)
                    }
                    #expect(samples.count == Self.sockets * Self.changes)
                    #expect((after - before) / (Self.sockets - 10) < 20_000)
                    try await crowd.expectAll(cluster.probe)
                }
            }
        }

        /// Changes the top repeatedly, each time after everybody has the previous change. Returns what arrived, and the
        /// versions.
        private static func change(
            _ cluster: Cluster, _ crowd: Crowd
        ) async throws -> (samples: [Crowd.Sample], versions: [Int64]) {
            var versions: [Int64] = []
            let samples = try await crowd.recording {
                for round in 0..<changes {
                    // The wait is longer than the interval of pushes, so that no change has to wait for its turn.
                    try await Task.sleep(for: .milliseconds(60))
                    #expect(try await cluster.update("user-\(round % 10)").status == 200)
                    let top = try await cluster.probe.top()
                    versions.append(top.version)
                    _ = try await crowd.catchUp(with: top.version, within: .seconds(5) + EndToEnd.machineSlack)
                }
            }
            return (samples, versions)
        }

        /// Returns for each version how much later the last client got it than the first, in ms.
        private static func skews(of samples: [Crowd.Sample]) -> Figures {
            let times = Dictionary(grouping: samples, by: \.version).values.map { $0.map(\.receivedAt) }
            return Figures(times.map { Double(($0.max() ?? 0) - ($0.min() ?? 0)) / 1000 })
        }
    }
}
