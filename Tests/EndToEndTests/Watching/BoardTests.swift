import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// Boards other than `global`, whose settings are in the database, on gateways without a database.
    @Suite("Watchers and the catalogue", .timeLimit(.minutes(3)))
    struct Boards {
        private static var plan: Cluster.Plan {
            var plan = Cluster.Plan()
            plan.apis = 1
            plan.persisters = 0
            return plan
        }

        /// How long a change of the catalogue may take to reach watchers.
        private static let reach = Duration.seconds(2) + EndToEnd.machineSlack

        /// Runs a test on two gateways without Postgres, with a private and a public board.
        private static func run(_ body: (Cluster, [Int]) async throws -> Void) async throws {
            var plan = plan
            plan.gateways = 0
            try await Cluster.run(plan) { cluster in
                // The gateways could not reach Postgres if they tried.
                let blind = ["SCORECAST_POSTGRES_URL": "postgresql://nobody@127.0.0.1:1/nothing"]
                for _ in 0..<2 { try await cluster.startNode("gateway", with: blind) }
                try await sql(
                    cluster, "INSERT INTO boards (board, group_name, visibility) VALUES ('vip', 'vip', 'private')")
                try await sql(cluster, "INSERT INTO boards (board, group_name, top) VALUES ('cup', 'cup', 3)")
                let admin = cluster.credentials.token("admin", role: "admin")
                for board in ["vip", "cup"] {
                    let answer = try await cluster.put(
                        "/actions/\(board)", #"{"points":5,"boards":["\#(board)"]}"#, token: admin)
                    try #require(answer.status == 201, "\(answer.text)")
                }
                try await body(cluster, cluster.gateways.map(\.port))
            }
        }

        private static func sql(_ cluster: Cluster, _ statement: String) async throws {
            _ = try await cluster.ledger.rows(statement)
        }

        private static func score(_ cluster: Cluster, _ user: String, on board: String) async throws {
            try await eventually("\(user) scores on \(board)") {
                try await cluster.update(user, board).status == 200
            }
        }

        /// Opens a watcher on each gateway and by each transport, after its board is there.
        private static func watchers(
            _ ports: [Int], _ query: String, token: String? = nil
        ) async throws -> [MessageLog] {
            var all: [MessageLog] = []
            for port in ports {
                for way in [MessageLog.Way.webSocket, .events] {
                    try await eventually("it is watched", timeout: reach) {
                        let log = await MessageLog.open(port: port, query, token: token, by: way)
                        try await eventually("something came") { !log.types.isEmpty || log.state.ended }
                        guard log.types == ["snapshot"] else { return false }
                        all.append(log)
                        return true
                    }
                }
            }
            return all
        }

        private static func end(_ logs: [MessageLog]) { for log in logs { log.stop() } }

        @Test("a private board: its top and changes with a token, 4401 or 401 without one and after the token expires")
        func privateBoard() async throws {
            try await Self.run { cluster, ports in
                try await Self.score(cluster, "ann", on: "vip")
                let good = cluster.credentials.token("anybody")
                let logs = try await Self.watchers(ports, "?board=vip", token: good)
                try await Self.score(cluster, "bob", on: "vip")
                for log in logs {
                    try await eventually("the change came") { log.last?["entries"]?.array?.count == 2 }
                    #expect(log.last?["board"] == "vip")
                }
                let claims = cluster.credentials.claims("ann")
                var over = claims
                over["exp"] = .integer(Credentials.seconds - 60)
                let bad = [
                    nil, cluster.credentials.jwt(claims: over), "good",
                    cluster.credentials.jwt(claims: claims, key: String(repeating: "x", count: 40)),
                ]
                for (port, token) in zip(ports + ports, bad) {
                    let socket = await MessageLog.open(port: port, "?board=vip", token: token)
                    let stream = await MessageLog.open(port: port, "?board=vip", token: token, by: .events)
                    try await eventually("they have ended") { socket.state.ended && stream.state.ended }
                    #expect(socket.state.closeCode == 4401 && socket.error == "unauthorized")
                    #expect(stream.state.refused == 401)
                    let reading = try await cluster.get("/leaderboard?board=vip", token: token)
                    #expect(reading.status == 401)
                }
                #expect(try await cluster.get("/leaderboard?board=vip", token: good).status == 200)
                // A token that expires soon ends its watchers within 5 s.
                var short = claims
                short["exp"] = .integer(Credentials.seconds + 4)
                let ending = try await Self.watchers(ports, "?board=vip", token: cluster.credentials.jwt(claims: short))
                let start = ContinuousClock.now
                for (index, log) in ending.enumerated() {
                    try await eventually("it has ended", timeout: .seconds(20)) { log.state.ended }
                    #expect(log.error == "unauthorized")
                    if index.isMultiple(of: 2) { #expect(log.state.closeCode == 4401) }
                }
                #expect(ContinuousClock.now - start < .seconds(9) + EndToEnd.machineSlack)
                #expect(logs.allSatisfy { !$0.state.ended })
                Self.end(logs)
            }
        }

        @Test("4404 for unknown boards and windows, 4400 for malformed requests")
        func nothingThere() async throws {
            try await Self.run { cluster, ports in
                let cases = [
                    ("?board=nope", 4404, 404, "unknown_board"), ("?window=day", 4404, 404, "unknown_window"),
                    ("?limit=0", 4400, 400, "invalid_input"), ("?mode=full&mode=full", 4400, 400, "invalid_input"),
                ]
                for (query, close, status, code) in cases {
                    let socket = await MessageLog.open(port: ports[0], query)
                    let stream = await MessageLog.open(port: ports[1], query, by: .events)
                    try await eventually("they have ended") { socket.state.ended && stream.state.ended }
                    #expect(socket.state.closeCode == close && socket.error == code, "\(query)")
                    #expect(stream.state.refused == status, "\(query)")
                }
            }
        }

        @Test("new boards, removed boards and changes of visibility reach every gateway without a restart")
        func changes() async throws {
            try await Self.run { cluster, ports in
                let token = cluster.credentials.token("anybody")
                // A new board.
                try await Self.sql(cluster, "INSERT INTO boards (board, group_name) VALUES ('new', 'new')")
                let start = ContinuousClock.now
                let guests = try await Self.watchers(ports, "?board=new")
                let reached = ContinuousClock.now - start
                let known = try await Self.watchers(ports, "?board=new", token: token)
                let elsewhere = try await Self.watchers(ports, "")
                // A board that becomes private.
                try await Self.sql(cluster, "UPDATE boards SET visibility = 'private' WHERE board = 'new'")
                try await eventually("guests have to go", timeout: Self.reach) { guests.allSatisfy { $0.state.ended } }
                #expect(guests.allSatisfy { $0.error == "unauthorized" })
                #expect(guests.compactMap { $0.state.closeCode } == [4401, 4401])
                #expect(known.allSatisfy { !$0.state.ended })
                // A removed board.
                try await Self.sql(cluster, "DELETE FROM boards WHERE board = 'new'")
                try await eventually("all have to go", timeout: Self.reach) { known.allSatisfy { $0.state.ended } }
                #expect(known.allSatisfy { $0.error == "unknown_board" })
                #expect(known.compactMap { $0.state.closeCode } == [4404, 4404])
                #expect(elsewhere.allSatisfy { !$0.state.ended && $0.types == ["snapshot"] })
                #expect(reached < .seconds(2) + EndToEnd.machineSlack)
                Self.end(elsewhere)
            }
        }

        @Test("another size of the top is a change of it, for present and for new watchers")
        func tops() async throws {
            try await Self.run { cluster, ports in
                for user in 1...5 { try await Self.score(cluster, "u\(user)", on: "cup") }
                let logs = try await Self.watchers(ports, "?board=cup&limit=100")
                for log in logs { #expect(log.last?["entries"]?.array?.count == 3) }
                for (size, shown) in [(100, 5), (2, 2), (4, 4)] {
                    try await Self.sql(cluster, "UPDATE boards SET top = \(size) WHERE board = 'cup'")
                    for log in logs {
                        try await eventually("\(shown) are shown", timeout: .seconds(3) + EndToEnd.machineSlack) {
                            log.last?["entries"]?.array?.count == shown
                        }
                    }
                    // The new size also applies to later changes.
                    let epoch = try #require(logs[0].last?["epoch"]?.string)
                    let version = try #require(logs[0].last?["version"]?.integer)
                    try await Self.score(cluster, "u1", on: "cup")
                    for log in logs {
                        try await eventually("the change came") { (log.last?["version"]?.integer ?? 0) > version }
                        #expect(log.last?["entries"]?.array?.count == shown && log.last?["epoch"]?.string == epoch)
                    }
                    let late = try await Self.watchers(ports, "?board=cup&limit=50")
                    for log in late { #expect(log.last?["entries"]?.array?.count == shown) }
                    Self.end(late)
                }
                for log in logs {
                    let versions = log.state.messages.compactMap { $0.message["version"]?.integer }
                    #expect(zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 }, "\(versions)")
                }
                Self.end(logs)
            }
        }

        @Test("a board with a window of a later version is left out and reported, and the nodes stay ready")
        func leftOut() async throws {
            try await Self.run { cluster, ports in
                try await Self.score(cluster, "ann", on: "cup")
                let logs = try await Self.watchers(ports, "?board=cup")
                try await Self.sql(
                    cluster, "UPDATE boards SET window_definitions = '[\"all\",\"decadely\"]' WHERE board = 'cup'")
                try await eventually("watchers have to go", timeout: Self.reach) { logs.allSatisfy { $0.state.ended } }
                #expect(logs.allSatisfy { $0.error == "unknown_board" })
                let answer = try await cluster.update("ann", "cup")
                #expect(ErrorForm.fault(in: answer, status: 404, code: "unknown_action") == nil)
                let reading = try await cluster.get("/leaderboard?board=cup")
                #expect(ErrorForm.fault(in: reading, status: 404, code: "unknown_board") == nil)
                let node = try #require(cluster.apis.first)
                #expect(node.log.contains("cup (windows names a window that is not all"))
                #expect(try await node.metric("scorecast_catalogue_boards_left_out") == 1)
                for node in cluster.apis + cluster.gateways { #expect(try await node.readiness().status == 200) }
                try await Self.sql(cluster, "UPDATE boards SET window_definitions = '[\"all\"]' WHERE board = 'cup'")
                let back = try await Self.watchers(ports, "?board=cup")
                #expect(back[0].last?["entries"]?.array?.count == 1)
                Self.end(back)
            }
        }

        @Test("a gateway that knows no boards admits nobody; one that knows them keeps its watchers")
        func noCatalogue() async throws {
            var plan = Self.plan
            plan.gateways = 0
            try await Cluster.run(plan) { cluster in
                let api = try #require(cluster.apis.first)
                await api.terminate()
                _ = try await cluster.probe.command("DEL", "{sc00}:catalogue")
                let gateway = try ScorecastProcess.launch(
                    ["serve", "--roles", "gateway"], environment: cluster.environment)
                try await eventually("it says why") {
                    let (status, text) = try await gateway.readiness()
                    return status == 503 && text.contains("gateway: no catalogue yet")
                }
                for way in [MessageLog.Way.webSocket, .events] {
                    let log = await MessageLog.open(port: gateway.port, by: way)
                    try await eventually("it is refused") { log.state.ended }
                    #expect(log.state.refused == 503)
                }
                // A node of another role publishes the boards.
                try await cluster.startNode("persister")
                try await eventually("it is ready") { try await gateway.readiness().status == 200 }
                for node in cluster.persisters { await node.terminate() }
                _ = try await cluster.probe.command("DEL", "{sc00}:catalogue")
                let logs = try await Self.watchers([gateway.port], "")
                #expect(try await gateway.readiness().status == 200)
                Self.end(logs)
                await gateway.terminate()
            }
        }
    }
}
