import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    @Suite("Persisters and Postgres die and come back")
    struct PersisterCrash {
        @Test("persisters killed at random moments repeat nothing and skip nothing", .timeLimit(.minutes(3)))
        func persisters() async throws {
            var plan = Cluster.Plan()
            plan.persisters = 2
            plan.gateways = 0
            try await Cluster.run(plan) { cluster in
                let oracle = Oracle()
                let traffic = Traffic(cluster, oracle: oracle)
                try await traffic.run(pause: .milliseconds(1)) {
                    for round in 0..<(EndToEnd.isFull ? 20 : 4) {
                        try await Self.hasCarried(cluster, more: 20)
                        // The kill comes somewhere within a batch of the working persister, or of the standby.
                        try await Task.sleep(for: .milliseconds(Int.random(in: 0...150)))
                        let victim = cluster.persisters[round % cluster.persisters.count]
                        await victim.kill()
                        try await cluster.startNode("persister")
                    }
                }
                try await cluster.expectExactly(oracle)
            }
        }

        @Test(
            "a standby takes over when the working persister dies, and there is a standby again when there are two",
            .timeLimit(.minutes(2)))
        func standby() async throws {
            var plan = Cluster.Plan()
            plan.persisters = 1
            plan.gateways = 0
            try await Cluster.run(plan) { cluster in
                let oracle = Oracle()
                let traffic = Traffic(cluster, oracle: oracle)
                try await traffic.run {
                    let working = try #require(cluster.persisters.first)
                    let standby = try await cluster.startNode("persister")
                    try await Self.hasCarried(cluster, more: 20)
                    await working.kill()
                    try await Self.hasCarried(cluster, more: 200)
                    #expect(standby.isRunning)
                    try await cluster.startNode("persister")
                    await standby.kill()
                    try await Self.hasCarried(cluster, more: 200)
                }
                try await cluster.expectExactly(oracle)
            }
        }

        @Test(
            "without Postgres updates are answered as usual, and the ledger is exact after it is back",
            .timeLimit(.minutes(3)))
        func postgres() async throws {
            var plan = Cluster.Plan()
            plan.persisters = 2
            plan.gateways = 1
            try await Cluster.run(plan) { cluster in
                let oracle = Oracle()
                // No tolerance: anything but 200 is a violation.
                let traffic = Traffic(cluster, oracle: oracle)
                try await traffic.run {
                    for _ in 0..<(EndToEnd.isFull ? 5 : 2) {
                        try await Self.hasCarried(cluster, more: 20)
                        await cluster.postgres.kill()
                        let before = oracle.count
                        for persister in cluster.persisters {
                            try await eventually("a persister says that it cannot do its job") {
                                try await TinyHTTP.request(port: persister.port, "/readyz").status == 503
                            }
                        }
                        try await eventually("updates go on") { oracle.count > before + 100 }
                        for api in cluster.apis {
                            #expect(
                                try await TinyHTTP.request(port: api.port, "/readyz").status == 200,
                                "an API node writes")
                        }
                        try await cluster.postgres.restart()
                    }
                }
                try await cluster.expectExactly(oracle)
                for persister in cluster.persisters {
                    try await eventually("a persister is ready again") {
                        try await TinyHTTP.request(port: persister.port, "/readyz").status == 200
                    }
                }
            }
        }

        /// Waits until the given number of further updates have reached the ledger.
        private static func hasCarried(_ cluster: Cluster, more: Int) async throws {
            let before = try await cluster.ledgerCount()
            try await eventually("\(more) more updates are in the ledger", timeout: .seconds(20)) {
                try await cluster.ledgerCount() >= before + more
            }
        }
    }
}
