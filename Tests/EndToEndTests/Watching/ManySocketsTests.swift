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
            var plan = Cluster.Plan()
            plan.apis = 1
            plan.gateways = 1
            plan.persisters = 0
            try await Cluster.run(plan) { cluster in
                let node = try #require(cluster.gateways.first)
                for user in 0..<12 { #expect(try await cluster.update("user-\(user)").status == 200) }
                try await Fleet.run(threads: 2) { fleet in
                    // What the first connection costs is not of each one.
                    try await fleet.open(10, port: node.port)
                    let before = try NodeFacts.residentBytes(of: node.pid)
                    try await fleet.open(Self.sockets - 10, port: node.port)
                    let after = try NodeFacts.residentBytes(of: node.pid)
                    #expect(try await node.metric("scorecast_gateway_connections") == Self.sockets)

                    let (samples, versions) = try await Self.change(cluster, fleet)
                    var report = Report("\(Self.changes) changes to \(Self.sockets) sockets of one node")
                    report.add("from the commit to the arrival", Figures(samples.map(\.latency)).summary)
                    report.add("from the first to the last client", Self.skews(of: samples).summary)
                    report.add("memory for each client, bytes", (after - before) / (Self.sockets - 10))
                    report.add("lost connections", "\(fleet.log.losses)")
                    report.print()
                    // Each client got each of these versions, once.
                    let arrivals = Dictionary(grouping: samples, by: \.version)
                    for version in versions {
                        #expect(Set((arrivals[version] ?? []).map(\.client)).count == Self.sockets)
                    }
                    #expect(samples.count == Self.sockets * Self.changes)
                    #expect(fleet.log.losses.isEmpty)
                    #expect((after - before) / (Self.sockets - 10) < 40_000)
                    try await fleet.expectAll(cluster.probe)
                }
            }
        }

        /// Changes the top again and again, each time once everybody has the change before; what came, and which
        /// versions there were.
        private static func change(
            _ cluster: Cluster, _ fleet: Fleet
        ) async throws -> (samples: [Fleet.Sample], versions: [Int64]) {
            var versions: [Int64] = []
            let samples = try await fleet.recording {
                for round in 0..<changes {
                    #expect(try await cluster.update("user-\(round % 10)").status == 200)
                    let top = try await cluster.probe.top()
                    versions.append(top.version)
                    _ = try await fleet.catchUp(with: top, within: .seconds(5))
                }
            }
            return (samples, versions)
        }

        /// For each version, how long the last client had to wait for what the first one had, in ms.
        private static func skews(of samples: [Fleet.Sample]) -> Figures {
            let times = Dictionary(grouping: samples, by: \.version).values.map { $0.map(\.receivedAt) }
            return Figures(times.map { Double(($0.max() ?? 0) - ($0.min() ?? 0)) / 1000 })
        }
    }
}
