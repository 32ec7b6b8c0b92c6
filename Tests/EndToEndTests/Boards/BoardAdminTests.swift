import TestSupport
import Testing

extension Trait where Self == ClusterTrait {
    /// Two API nodes and a gateway. Nothing changes in Redis by itself.
    static var forBoards: Self {
        var plan = Cluster.Plan()
        (plan.apis, plan.gateways, plan.persisters) = (2, 1, 0)
        return ClusterTrait(plan: plan)
    }
}

extension EndToEnd {
    /// Administration through one node, use through the other.
    @Suite("Boards through the API", .forBoards, .timeLimit(.minutes(5)))
    struct BoardAdmin {
        /// How long a change may take to reach other nodes.
        private static let reach = Duration.seconds(2) + EndToEnd.machineSlack

        private static let defaults: JSON = [
            "operator": "increment", "order": "desc", "ties": "first", "windows": ["all"], "time_zone": "UTC",
            "grace_seconds": 660, "keep_periods": 100, "top": 10, "visibility": "public", "min_score": nil,
            "max_score": nil, "allow_decrease": false, "metadata": [:],
        ]

        /// Whether a board has exactly these members, and the others as a new board has them.
        private static func has(_ shown: JSON, _ id: String, _ members: [String: JSON] = [:]) -> Bool {
            guard case .object(var expected) = defaults else { return false }
            (expected["board"], expected["group"]) = (.string(id), .string(id))
            return shown == .object(expected.merging(members) { $1 })
        }

        @Test("PUT creates with defaults, PATCH changes some members, PUT replaces all, on both nodes")
        func lifeCycle() async throws {
            let cluster = try Cluster.ofSuite
            let created = try await cluster.makeBoard("life")
            #expect(Self.has(created, "life"), "\(created.text)")
            #expect(try await cluster.get("/boards/life").json == created, "at once on the node itself")
            try await eventually("the other node knows it", timeout: Self.reach) {
                try await cluster.get("/boards/life", node: 1).json == created
            }
            let patch = #"{"operator":"best","order":"asc","top":5,"metadata":{"a":[1,"ü"]},"min_score":-7}"#
            let patched = try await cluster.administer("PATCH", "/boards/life", patch)
            let changes: [String: JSON] = [
                "operator": "best", "order": "asc", "top": 5, "metadata": ["a": [1, "ü"]], "min_score": -7,
            ]
            #expect(patched.status == 200)
            #expect(Self.has(try patched.json, "life", changes), "\(patched.text)")
            try await eventually("the other node has the change", timeout: Self.reach) {
                try await cluster.get("/boards/life", node: 1).json == patched.json
            }
            // Null removes a bound, and leaves every other member as it is.
            let bare = try await cluster.administer("PATCH", "/boards/life", #"{"min_score":null,"top":null}"#)
            #expect(Self.has(try bare.json, "life", changes.merging(["min_score": nil]) { $1 }), "\(bare.text)")
            // PUT gives the other members their defaults again.
            let replaced = try await cluster.administer("PUT", "/boards/life", #"{"top":3}"#)
            #expect(replaced.status == 200)
            #expect(Self.has(try replaced.json, "life", ["top": 3]), "\(replaced.text)")
        }

        @Test("a new board is used at once on its node, and within 2 s on the other; scores follow its rules")
        func use() async throws {
            let cluster = try Cluster.ofSuite
            try await cluster.makeBoard("use", #"{"operator":"best","order":"asc","ties":"shared"}"#)
            try await cluster.makeAction("use", on: ["use"], submits: true)
            let first = try await cluster.update("ann", "use", newScore: 30)
            #expect(first.status == 200, "\(first.text)")
            try await eventually("the other node takes updates", timeout: Self.reach) {
                try await cluster.update("bob", "use", newScore: 20, node: 1).status == 200
            }
            try await cluster.score("cid", "use", newScore: 30, node: 1)
            #expect(try await cluster.score("ann", "use", newScore: 50)["new_score"] == 30)
            for node in 0..<2 {
                try await eventually("the ranking is there") {
                    try await cluster.entries("use", node: node) == [
                        ["rank": 1, "user_id": "bob", "score": 20], ["rank": 2, "user_id": "ann", "score": 30],
                        ["rank": 2, "user_id": "cid", "score": 30],
                    ]
                }
            }
            // Other members than the form change while there are scores.
            let patch = #"{"grace_seconds":5,"keep_periods":7,"min_score":10,"top":2,"windows":["all","daily"]}"#
            let answer = try await cluster.administer("PATCH", "/boards/use", patch)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(try await cluster.entries("use").count == 3)
            #expect(try await cluster.entries("use&window=daily").isEmpty)
            try await eventually("the bound counts on the other node", timeout: Self.reach) {
                let refused = try await cluster.update("dan", "use", newScore: 9, node: 1)
                return ErrorForm.fault(in: refused, status: 403, code: "suspicious_activity") == nil
            }
        }

        @Test("the list holds public boards without a token, and all with one; a bad token is refused")
        func list() async throws {
            let cluster = try Cluster.ofSuite
            try await cluster.makeBoard("seen")
            try await cluster.makeBoard("unseen", #"{"visibility":"private"}"#)
            let token = cluster.credentials.token("anybody")
            for node in 0..<2 {
                try await eventually("the lists hold them", timeout: Self.reach) {
                    let (bare, known) = (
                        try await Self.ids(cluster, token: nil, node: node),
                        try await Self.ids(cluster, token: token, node: node)
                    )
                    return bare.contains("seen") && !bare.contains("unseen") && known.contains("seen")
                        && known.contains("unseen") && known == known.sorted()
                }
                for target in ["/boards/unseen", "/boards/unseen/periods", "/leaderboard?board=unseen"] {
                    let bare = try await cluster.get(target, node: node)
                    #expect(ErrorForm.fault(in: bare, status: 401, code: "unauthorized") == nil, "\(target)")
                    #expect(try await cluster.get(target, token: token, node: node).status == 200, "\(target)")
                }
                let bad = try await cluster.get("/boards", token: "bad", node: node)
                #expect(ErrorForm.fault(in: bad, status: 401, code: "unauthorized") == nil)
            }
        }

        private static func ids(_ cluster: Cluster, token: String?, node: Int) async throws -> [String] {
            let answer = try await cluster.get("/boards", token: token, node: node)
            try #require(answer.status == 200, "\(answer.text)")
            return (try answer.json["boards"]?.array ?? []).compactMap { $0["board"]?.string }
        }

        @Test("an action keeps its board; without it the board goes, and its watchers are closed with 4404")
        func delete() async throws {
            let cluster = try Cluster.ofSuite
            try await cluster.makeBoard("gone")
            try await cluster.makeAction("gone", on: ["gone"])
            try await cluster.score("ann", "gone")
            let port = try #require(cluster.gateways.first).port
            let logs = try await MessageLog.both(port: port, "?board=gone")
            let refused = try await cluster.administer("DELETE", "/boards/gone")
            #expect(ErrorForm.fault(in: refused, status: 409, code: "board_in_use") == nil)
            #expect(try await cluster.entries("gone").count == 1)
            #expect(try await cluster.administer("DELETE", "/actions/gone").status == 204)
            let deleted = try await cluster.administer("DELETE", "/boards/gone")
            #expect(deleted.status == 204 && deleted.body.isEmpty)
            try await eventually("the watchers have to go", timeout: Self.reach) { logs.allSatisfy(\.state.ended) }
            #expect(logs.allSatisfy { $0.error == "unknown_board" })
            #expect(logs[0].state.closeCode == 4404)
            for method in ["GET", "DELETE"] {
                let answer = try await cluster.administer(method, "/boards/gone")
                #expect(ErrorForm.fault(in: answer, status: 404, code: "unknown_board") == nil)
            }
            try await eventually("the other node knows that it is gone", timeout: Self.reach) {
                let reading = try await cluster.get("/leaderboard?board=gone", node: 1)
                return ErrorForm.fault(in: reading, status: 404, code: "unknown_board") == nil
            }
            // A board of the same name begins again.
            try await cluster.makeBoard("gone")
            #expect(try await cluster.entries("gone").isEmpty)
            try await cluster.makeAction("gone", on: ["gone"])
            #expect(try await cluster.score("ann", "gone")["new_score"] == 5)
        }
    }
}

extension MessageLog {
    /// Opens a watcher by each transport, and waits until both are told the top.
    static func both(port: Int, _ query: String, token: String? = nil) async throws -> [MessageLog] {
        var logs: [MessageLog] = []
        for way in [Way.webSocket, .events] {
            try await eventually("\(query) is watched") {
                let log = await open(port: port, query, token: token, by: way)
                try await eventually("something came") { !log.types.isEmpty || log.state.ended }
                guard log.types.first == "snapshot", !log.state.ended else { return false }
                logs.append(log)
                return true
            }
        }
        return logs
    }
}
