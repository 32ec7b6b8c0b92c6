import TestSupport
import Testing

extension EndToEnd {
    @Suite("Under load")
    struct Load {
        /// 100 000 updates at full size, 5000 otherwise.
        static let clients = EndToEnd.isFull ? 200 : 50
        static let updatesPerClient = EndToEnd.isFull ? 500 : 100

        @Test(
            "each acknowledged update counts exactly once, and a replay returns the first receipt and changes nothing",
            .timeLimit(.minutes(10)))
        func exactlyOnce() async throws {
            try await Cluster.run { cluster in
                let oracle = Oracle()
                var traffic = Traffic(cluster, oracle: oracle)
                traffic.clients = Self.clients
                traffic.users = 1000
                try await traffic.run(updatesPerClient: Self.updatesPerClient)
                #expect(oracle.count + oracle.replays == Self.clients * Self.updatesPerClient)
                #expect(oracle.replays > oracle.count / 20)
                try await cluster.expectExactly(oracle, within: .seconds(120))
            }
        }

        @Test("one action id that many clients send at once to both nodes counts once", .timeLimit(.minutes(1)))
        func sameIDAtOnce() async throws {
            try await Cluster.run { cluster in
                let oracle = Oracle()
                let credentials = cluster.credentials
                let ports = cluster.apis.map(\.port)
                for round in 0..<20 {
                    let user = "racer\(round)"
                    let update = Update(user: user, action: "kill", id: credentials.actionID(user))
                    let token = credentials.token(user)
                    try await onThreads(8) { number in
                        let client = KeepAliveClient(port: ports[number % ports.count])
                        let answer = try client.post("/update-score", token: token, json: update.body)
                        if answer.status == 200 {
                            oracle.acknowledge(update, answer, replay: nil)
                        } else {
                            oracle.violation("\(answer.status): \(answer.text)")
                        }
                    }
                }
                #expect(oracle.count == 20)
                #expect(oracle.replays == 20 * 7)
                try await cluster.expectExactly(oracle)
            }
        }

        @Test("the proof itself notices an extra point in Redis, and an update that was never acknowledged")
        func proof() async throws {
            try await Cluster.run { cluster in
                let oracle = Oracle()
                try await Traffic(cluster, oracle: oracle).run(updatesPerClient: 5)
                try await cluster.expectExactly(oracle)
                let key = try #require(try await cluster.probe.command("KEYS", "*:ranking:global:all:*").texts.first)
                let member = try #require(try await cluster.probe.command("ZRANGE", key, "0", "0").texts.first)
                _ = try await cluster.probe.command("ZINCRBY", key, "1", member)
                let tampered = try await cluster.differences(from: oracle)
                #expect(tampered.contains { $0.hasPrefix("Redis has") }, "\(tampered)")
                #expect(!tampered.contains { $0.hasPrefix("the ledger") }, "\(tampered)")
                _ = try await cluster.probe.command("ZINCRBY", key, "-1", member)
                try await cluster.expectExactly(oracle)
                #expect(try await cluster.update("stranger").status == 200)
                try await eventually("the ledger has it") { try await cluster.ledgerCount() > oracle.count }
                let more = try await cluster.differences(from: oracle)
                #expect(more.contains { $0.hasPrefix("the ledger has") }, "\(more)")
                #expect(more.contains { $0.hasPrefix("the ledger holds other action ids") }, "\(more)")
            }
        }
    }
}
