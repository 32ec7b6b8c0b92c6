import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    @Suite("A persister that is stopped, cut off, or killed is replaced by the one that stands by")
    struct Standby {
        /// How a working persister goes.
        enum Fault: CaseIterable {
            case killed, stopped, cutOff

            /// The time until the standby has taken over.
            var takeover: Duration { self == .killed ? .seconds(5) : .seconds(10) }
        }

        @Test(
            "the standby takes over in time, and the one that wakes writes nothing and stands by",
            .timeLimit(.minutes(3)), arguments: Fault.allCases)
        func takeover(_ fault: Fault) async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (2, 0, 0)
            try await Cluster.run(plan) { cluster in
                let relay = try await Relay.start(to: [cluster.postgres.port])
                let url = cluster.postgres.url.replacing(":\(cluster.postgres.port)/", with: ":\(relay.port)/")
                let working = try await cluster.startNode("persister", with: ["SCORECAST_POSTGRES_URL": url])
                try await eventually("it has the leases") { try await Self.leases(working) > 0 }
                let standby = try await cluster.startNode("persister")
                let oracle = Oracle()
                var traffic = Traffic(cluster, oracle: oracle)
                traffic.clients = 4
                try await traffic.run {
                    for _ in 0..<(EndToEnd.isFull ? 3 : 1) {
                        try await Self.carries(cluster, within: .seconds(20))
                        let start = ContinuousClock.now
                        switch fault {
                        case .killed: await working.kill()
                        case .stopped: working.signal(SIGSTOP)
                        case .cutOff: relay.fault(.halfOpen)
                        }
                        // What it had sent is in the ledger after a moment.
                        try await eventually("the standby has the leases", timeout: .seconds(30)) {
                            try await Self.leases(standby) > 0
                        }
                        try await Self.carries(cluster, within: .seconds(5))
                        #expect(ContinuousClock.now - start < fault.takeover + EndToEnd.machineSlack)
                    }
                    if fault == .stopped { working.signal(SIGCONT) }
                    relay.fault(.none)
                    if fault != .killed {
                        #expect(standby.log.contains("Ended the session of a persister that is silent"))
                        try await eventually("the old one knows that it has no leases") {
                            try await Self.leases(working) == 0
                        }
                        try await eventually("it stands by", timeout: .seconds(20)) {
                            try await TinyHTTP.request(port: working.port, "/readyz").status == 200
                        }
                    }
                    try await Self.carries(cluster, within: .seconds(5))
                    #expect(try await Self.leases(standby) > 0)
                }
                try await cluster.expectExactly(oracle)
                await relay.stop()
            }
        }

        @Test(
            "behind a pooler in transaction mode a persister takes no leases and says why, and so does the doctor",
            .enabled(if: PgBouncer.isWanted), .timeLimit(.minutes(2)), arguments: PgBouncer.Mode.allCases)
        func poolers(_ mode: PgBouncer.Mode) async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 0, 0)
            try await Cluster.run(plan) { cluster in
                // Without the marks that a session keeps, only the test of two connections finds it out.
                let settings = ["server_reset_query_always": "1"]
                try await PgBouncer.run(
                    before: cluster.postgres, mode: mode, sessions: 20, settings: settings
                ) { pooler in
                    let environment = cluster.environment.merging([
                        "SCORECAST_POSTGRES_URL": pooler.url(database: cluster.postgres.database)
                    ]) { $1 }
                    let doctor = try await ScorecastProcess.run(
                        ["doctor", "--roles", "persister"], environment: environment)
                    guard mode != .session else {
                        #expect(doctor.code == 0, "\(doctor.output)")
                        let node = try await ScorecastProcess.start(
                            ["serve", "--roles", "persister"], environment: environment)
                        #expect(try await cluster.update("u1").status == 200)
                        try await eventually("it carries") { try await cluster.ledgerCount() == 1 }
                        return await node.kill()
                    }
                    #expect(doctor.code == 1 && doctor.output.contains("pool_mode=session"), "\(doctor.output)")
                    let node = try ScorecastProcess.launch(
                        ["serve", "--roles", "persister"], environment: environment)
                    try await eventually("it says why it does not work", timeout: .seconds(20)) {
                        let answer = try await TinyHTTP.request(port: node.port, "/readyz")
                        return answer.status == 503 && answer.text.contains("pooler")
                    }
                    #expect(try await cluster.update("u1").status == 200)
                    #expect(try await cluster.ledgerCount() == 0)
                    await node.kill()
                }
            }
        }

        private static func leases(_ node: ScorecastProcess) async throws -> Int {
            try await node.metric("scorecast_persister_leases")
        }

        /// Waits until further updates have reached the ledger.
        private static func carries(_ cluster: Cluster, within time: Duration) async throws {
            let before = try await cluster.ledgerCount()
            try await eventually("more updates are in the ledger", timeout: time) {
                try await cluster.ledgerCount() > before + 20
            }
        }
    }
}
