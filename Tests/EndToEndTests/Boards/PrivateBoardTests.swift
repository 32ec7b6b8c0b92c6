import TestSupport
import Testing

extension EndToEnd {
    /// Private boards that administrators make through the API, on gateways without a database.
    @Suite("Private boards", .timeLimit(.minutes(3)))
    struct PrivateBoards {
        private static let reach = Duration.seconds(2) + EndToEnd.machineSlack

        /// Runs a test on two gateways, with a private board that has two windows.
        private static func run(_ body: (Cluster, [Int]) async throws -> Void) async throws {
            var plan = Cluster.Plan()
            (plan.gateways, plan.persisters) = (0, 0)
            try await Cluster.run(plan) { cluster in
                let blind = ["SCORECAST_POSTGRES_URL": "postgresql://nobody@127.0.0.1:1/nothing"]
                for _ in 0..<2 { try await cluster.startNode("gateway", with: blind) }
                try await cluster.makeBoard("club", #"{"visibility":"private","windows":["all","daily"]}"#)
                try await cluster.makeAction("club", on: ["club"])
                try await cluster.score("ann", "club")
                try await body(cluster, cluster.gateways.map(\.port))
            }
        }

        private static func watchers(
            _ ports: [Int], _ query: String, token: String? = nil
        ) async throws -> [MessageLog] {
            var logs: [MessageLog] = []
            for port in ports { logs += try await MessageLog.both(port: port, query, token: token) }
            return logs
        }

        /// Expects that watchers are closed, with an error and, for WebSockets, with a code.
        private static func areClosed(
            _ logs: [MessageLog], _ code: Int, _ error: String, within time: Duration = reach
        ) async throws {
            try await eventually("they are closed", timeout: time) { logs.allSatisfy(\.state.ended) }
            #expect(logs.allSatisfy { $0.error == error })
            #expect(logs.compactMap(\.state.closeCode) == Array(repeating: code, count: logs.count / 2))
        }

        @Test("a token is needed for each window, and watchers are closed with 4401 when it expires")
        func tokens() async throws {
            try await Self.run { cluster, ports in
                let good = cluster.credentials.token("anybody")
                let all = try await Self.watchers(ports, "?board=club", token: good)
                let daily = try await Self.watchers(ports, "?board=club&window=daily", token: good)
                try await cluster.score("bob", "club", node: 1)
                for log in all + daily {
                    try await eventually("the change came") { log.last?["entries"]?.array?.count == 2 }
                    #expect(log.last?["board"] == "club")
                }
                let over = cluster.credentials.jwt(
                    claims: cluster.credentials.claims("ann").merging(["exp": .integer(Credentials.seconds - 60)]) {
                        $1
                    })
                for token in [nil, over, "nonsense"] {
                    for port in ports {
                        let socket = await MessageLog.open(port: port, "?board=club&window=daily", token: token)
                        let events = await MessageLog.open(port: port, "?board=club", token: token, by: .events)
                        try await eventually("they have ended") { socket.state.ended && events.state.ended }
                        #expect(socket.state.closeCode == 4401 && socket.error == "unauthorized")
                        #expect(events.state.refused == 401)
                    }
                    for node in 0..<2 {
                        let reading = try await cluster.get("/leaderboard?board=club", token: token, node: node)
                        #expect(ErrorForm.fault(in: reading, status: 401, code: "unauthorized") == nil)
                    }
                }
                for node in 0..<2 {
                    #expect(try await cluster.entries("club&window=daily", token: good, node: node).count == 2)
                }
                var short = cluster.credentials.claims("ann")
                short["exp"] = .integer(Credentials.seconds + 5)
                let ending = try await Self.watchers(
                    ports, "?board=club", token: cluster.credentials.jwt(claims: short))
                try await Self.areClosed(ending, 4401, "unauthorized", within: .seconds(10) + EndToEnd.machineSlack)
                #expect((all + daily).allSatisfy { !$0.state.ended })
                for log in all + daily { log.stop() }
            }
        }

        @Test("a board that becomes private closes its guests with 4401, one that becomes public lets them in")
        func visibility() async throws {
            try await Self.run { cluster, ports in
                let answer = try await cluster.administer("PATCH", "/boards/club", #"{"visibility":"public"}"#)
                #expect(answer.status == 200)
                let guests = try await Self.watchers(ports, "?board=club")
                let token = cluster.credentials.token("anybody")
                let known = try await Self.watchers(ports, "?board=club&window=daily", token: token)
                let elsewhere = try await Self.watchers(ports, "")
                #expect(try await cluster.entries("club").count == 1)
                let back = try await cluster.administer("PATCH", "/boards/club", #"{"visibility":"private"}"#)
                #expect(back.status == 200)
                try await Self.areClosed(guests, 4401, "unauthorized")
                let reading = try await cluster.get("/leaderboard?board=club")
                #expect(ErrorForm.fault(in: reading, status: 401, code: "unauthorized") == nil)
                // The scores stay, and the others go on.
                try await cluster.score("bob", "club")
                for log in known {
                    try await eventually("the change came") { log.last?["entries"]?.array?.count == 2 }
                }
                #expect((known + elsewhere).allSatisfy { !$0.state.ended })
                #expect(elsewhere.allSatisfy { $0.types == ["snapshot"] })
                for log in known + elsewhere { log.stop() }
            }
        }

        @Test("a board or a window that is removed closes its watchers with 4404")
        func removal() async throws {
            try await Self.run { cluster, ports in
                let token = cluster.credentials.token("anybody")
                let all = try await Self.watchers(ports, "?board=club", token: token)
                let daily = try await Self.watchers(ports, "?board=club&window=daily", token: token)
                let patch = #"{"windows":["all"]}"#
                let less = try await cluster.administer("PATCH", "/boards/club?reset=true", patch)
                #expect(less.status == 200)
                try await Self.areClosed(daily, 4404, "unknown_window")
                for log in all {
                    try await eventually("the empty top came") { log.last?["entries"] == [] }
                    #expect(!log.state.ended)
                }
                #expect(try await cluster.administer("DELETE", "/actions/club").status == 204)
                #expect(try await cluster.administer("DELETE", "/boards/club").status == 204)
                try await Self.areClosed(all, 4404, "unknown_board")
                for port in ports {
                    let late = await MessageLog.open(port: port, "?board=club", token: token)
                    try await eventually("it has ended") { late.state.ended }
                    #expect(late.state.closeCode == 4404 && late.error == "unknown_board")
                }
            }
        }
    }
}
