import LocalServers
import NIOPosix
import ScorecastClient
import TestSupport
import Testing

extension EndToEnd {
    /// Redis' pub/sub has no memory. These tests lose messages to gateways in every way that can happen.
    @Suite("Watchers and a pub/sub that loses messages")
    struct PubSub {
        /// A deployment whose top changes often.
        private static var plan: Cluster.Plan {
            var plan = Cluster.Plan()
            plan.apis = 1
            plan.gateways = 0
            plan.persisters = 0
            return plan
        }

        private static func traffic(_ cluster: Cluster) -> Traffic {
            var traffic = Traffic(cluster, oracle: Oracle())
            traffic.clients = 4
            traffic.users = 15
            traffic.replayPercent = 0
            return traffic
        }

        private static let kills = EndToEnd.isFull ? 100 : 10
        private static let clientsOfANode = EndToEnd.isFull ? 250 : 30

        @Test(
            "the pub/sub connections are killed under load: all are current within 2 s, no version goes back",
            .timeLimit(.minutes(5)))
        func killed() async throws {
            var plan = Self.plan
            plan.gateways = 2
            try await Cluster.run(plan) { cluster in
                try await Fleet.run { fleet in
                    let traffic = Self.traffic(cluster)
                    try await traffic.run(updatesPerClient: 10)
                    for node in cluster.gateways { try await fleet.open(Self.clientsOfANode, port: node.port) }
                    var (heals, catchUps): ([Double], [Double]) = ([], [])
                    let before = try cluster.gateways.map { try NodeFacts.residentBytes(of: $0.pid) }
                    for _ in 0..<(Self.kills / 10) {
                        try await traffic.run(pause: .milliseconds(20)) {
                            for _ in 0..<10 {
                                heals.append(try await Self.killPubSub(of: cluster).milliseconds)
                                let top = try await cluster.probe.top()
                                catchUps.append(
                                    try await fleet.catchUp(with: top, within: .seconds(2) + EndToEnd.machineSlack)
                                        .milliseconds)
                            }
                        }
                    }
                    var report = Report("Pub/sub connections of 2 gateways killed \(Self.kills) times under load")
                    report.add("clients", "\(fleet.count), half of them with deltas")
                    report.add("versions", Int(try await cluster.probe.top().version))
                    report.add("from the kill to both subscribed again", Figures(heals).summary)
                    report.add("from there to all clients current", Figures(catchUps).summary)
                    for (node, before) in zip(cluster.gateways, before) {
                        report.addMemory(before: before, after: try NodeFacts.residentBytes(of: node.pid))
                    }
                    report.add("lost connections of clients", "\(fleet.log.losses)")
                    report.print()
                    try await fleet.expectAll(cluster.probe)
                    #expect(fleet.log.losses.isEmpty, "clients must not notice")
                    #expect(traffic.oracle.violations.isEmpty, "\(traffic.oracle.violations.prefix(5))")
                }
            }
        }

        /// Kills the connections and waits until all gateways are subscribed again. Returns how long that took.
        private static func killPubSub(of cluster: Cluster) async throws -> Duration {
            let live = #"scorecast_gateway_resyncs_total{cause="live"}"#
            var before: [Int] = []
            for node in cluster.gateways { before.append(try await node.metric(live)) }
            let start = ContinuousClock.now
            let killed = try await cluster.probe.command("CLIENT", "KILL", "TYPE", "pubsub")
            // Each gateway has one for tops, and one for live messages, which need not be back since the last kill.
            guard case .integer(let count) = killed else { throw Cluster.Refused(text: "\(killed)") }
            #expect((before.count...2 * before.count).contains(Int(count)))
            for (node, count) in zip(cluster.gateways, before) {
                try await eventually("subscribed again", every: .milliseconds(5)) {
                    try await node.metric(live) > count
                }
            }
            return ContinuousClock.now - start
        }

        private static let rounds = EndToEnd.isFull ? 20 : 3

        @Test("a message is lost while the connection lives: all are correct within 5 s", .timeLimit(.minutes(3)))
        func lostMessage() async throws {
            try await Self.behindRelay { cluster, gateway, filter, fleet in
                var heals: [Double] = []
                for _ in 0..<Self.rounds {
                    let before = try await cluster.probe.top()
                    let dropped = filter.dropped
                    filter.lose(.tops)
                    let leader = try #require(before.entries.first)
                    #expect(try await cluster.update(leader.userID).status == 200)
                    try await eventually("the message is lost", every: .milliseconds(2)) { filter.dropped > dropped }
                    filter.lose(.nothing)
                    let top = try await cluster.probe.top()
                    #expect(top.version == before.version + 1)
                    let heal = try await fleet.catchUp(with: top, within: .seconds(5) + EndToEnd.machineSlack)
                    heals.append(heal.milliseconds)
                    try await fleet.expectAll(cluster.probe)
                }
                var report = Report("A message lost \(Self.rounds) times while the connection lives")
                report.add("clients", fleet.count)
                report.add("from the loss to all clients right", Figures(heals).summary)
                report.add("each, ms", heals.map(Figures.short).joined(separator: " "))
                report.print()
                let corrected = #"scorecast_gateway_resyncs_total{cause="comparison"}"#
                #expect(try await gateway.metric(corrected) == Self.rounds)
                // The connection never broke, and the node never said that it did.
                #expect(try await gateway.metric(#"scorecast_gateway_resyncs_total{cause="live"}"#) == 1)
                #expect(try await gateway.readiness().status == 200)
            }
        }

        @Test("a subscription that receives nothing shows in /readyz within 5 s, and recovers", .timeLimit(.minutes(2)))
        func deaf() async throws {
            try await Self.behindRelay { cluster, gateway, filter, fleet in
                let leader = try #require(try await cluster.probe.top().entries.first)
                filter.lose(.messages)
                let start = ContinuousClock.now
                #expect(try await cluster.update(leader.userID).status == 200)
                let top = try await cluster.probe.top()
                async let caughtUp = fleet.catchUp(with: top, within: .seconds(5) + EndToEnd.machineSlack)
                var answer = ""
                try await eventually(
                    "it is not ready", timeout: .seconds(5) + EndToEnd.machineSlack, every: .milliseconds(20)
                ) {
                    let (status, text) = try await gateway.readiness()
                    answer = text
                    return status == 503
                }
                let noticed = ContinuousClock.now - start
                // The gateway connects again as soon as it notices, so its feed may be cut for a moment.
                let reasons = ["messages published to Redis do not arrive", "the feed of changes is cut"]
                #expect(reasons.contains { answer.contains("gateway: \($0)") }, "\(answer)")
                // The comparison still brings changes.
                let right = try await caughtUp
                filter.lose(.nothing)
                let end = ContinuousClock.now
                try await eventually(
                    "it is ready again", timeout: .seconds(3) + EndToEnd.machineSlack, every: .milliseconds(20)
                ) {
                    try await gateway.readiness().status == 200
                }
                var report = Report("A subscription that is deaf while its connection lives")
                report.add("from there to 503, ms", Figures.short(noticed.milliseconds))
                report.add("from a change to all clients right, ms", Figures.short(right.milliseconds))
                report.add("from the end of it to 200, ms", Figures.short((ContinuousClock.now - end).milliseconds))
                report.print()
                #expect(try await gateway.metric("scorecast_gateway_canary_lost_total") >= 2)
                try await eventually("its age is told") {
                    try await gateway.metric("scorecast_gateway_canary_age_seconds") < 3
                }
                // One at the start, and one for each new connection that replaces the deaf one, at most one in 3 s.
                let resyncs = try await gateway.metric(#"scorecast_gateway_resyncs_total{cause="live"}"#)
                #expect((1...3).contains(resyncs))
                try await fleet.expectAll(cluster.probe)
            }
        }

        /// Runs a test on a gateway that reaches Redis through a relay, with some clients.
        private static func behindRelay(
            _ body: (Cluster, ScorecastProcess, MessageFilter, Fleet) async throws -> Void
        ) async throws {
            try await Cluster.run(plan) { cluster in
                try await traffic(cluster).run(updatesPerClient: 10)
                let filter = MessageFilter()
                let relay = try await Relay.start(
                    to: [cluster.redis.port], filter: MessageSieve.filter(filter))
                let gateway = try await cluster.startNode(
                    "gateway", with: ["SCORECAST_REDIS_URL": "redis://127.0.0.1:\(relay.port)"])
                try await Fleet.run { fleet in
                    try await fleet.open(20, port: gateway.port)
                    try await body(cluster, gateway, filter, fleet)
                }
                await relay.stop()
            }
        }
    }
}
