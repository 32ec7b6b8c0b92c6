import TestSupport
import Testing

extension EndToEnd {
    @Suite("The catalogue of actions", .apiNodes(2))
    struct ActionAdmin {
        private static let good = #"{"points":7,"boards":["global"]}"#

        @Test(
            "401 without a token, 403 for players and game servers, on every route",
            arguments: [
                ("GET", "/actions"), ("GET", "/actions/kill"), ("PUT", "/actions/kill"), ("DELETE", "/actions/kill"),
            ])
        func roles(_ method: String, _ path: String) async throws {
            let cluster = try Cluster.ofSuite
            let body = method == "PUT" ? Self.good : nil
            let port = try cluster.port()
            let bare = try await TinyHTTP.request(method, port: port, path, headers: Self.type, body: body)
            #expect(ErrorForm.fault(in: bare, status: 401, code: "unauthorized", message: Sentence.unauthorized) == nil)
            for role in ["player", "service"] {
                let headers = Self.type + [("Authorization", "Bearer " + cluster.credentials.token("u1", role: role))]
                let answer = try await TinyHTTP.request(method, port: port, path, headers: headers, body: body)
                #expect(ErrorForm.fault(in: answer, status: 403, code: "forbidden") == nil)
            }
            // The action is unchanged.
            #expect(try await cluster.get("/actions/kill", token: Self.admin(cluster)).json["points"] == 5)
        }

        @Test("PUT creates with 201 and changes with 200, GET shows the action, DELETE gives 204 and then 404")
        func lifeCycle() async throws {
            let cluster = try Cluster.ofSuite
            let admin = Self.admin(cluster)
            let whole = """
                {"points":3,"boards":["global"],"submits_score":true,"min_score":1,"max_score":9,\
                "max_per_user_per_day":4,"cooldown_seconds":60}
                """
            #expect(try await cluster.put("/actions/cycle", Self.good, token: admin).status == 201)
            #expect(try await cluster.put("/actions/cycle", whole, token: admin).status == 200)
            for node in 0..<2 {
                let shown = try await cluster.get("/actions/cycle", token: admin, node: node)
                #expect(shown.status == 200)
                guard case .object(let expected) = try JSON(whole.utf8), case .object(let found) = try shown.json else {
                    Issue.record("no object: \(shown.text)")
                    continue
                }
                for (name, value) in expected { #expect(found[name] == value, "\(name)") }
            }
            let list = try await cluster.get("/actions", token: admin)
            #expect(list.status == 200 && list.text.contains("cycle") && list.text.contains("kill"))
            let delete = try await Self.delete("/actions/cycle", cluster)
            #expect(delete.status == 204 && delete.body.isEmpty)
            #expect(
                ErrorForm.fault(in: try await Self.delete("/actions/cycle", cluster), status: 404, code: nil) == nil)
            let gone = try await cluster.get("/actions/cycle", token: admin)
            #expect(ErrorForm.fault(in: gone, status: 404, code: nil) == nil)
        }

        @Test("a change through one node takes effect on the other node within a second")
        func otherNode() async throws {
            let cluster = try Cluster.ofSuite
            let admin = Self.admin(cluster)
            let soon = Duration.seconds(1)
            let id = cluster.credentials.actionID("u1", "fresh")
            #expect(try await cluster.update("u1", id: id, node: 1).status == 404)
            #expect(try await cluster.put("/actions/fresh", Self.good, token: admin).status == 201)
            #expect(try await cluster.update("u0", "fresh").status == 200, "at once on the node itself")
            try await eventually("the other node knows the action", timeout: soon) {
                try await cluster.update("u1", id: id, node: 1).status == 200
            }
            #expect(
                try await cluster.put("/actions/fresh", #"{"points":1000,"boards":["global"]}"#, token: admin).status
                    == 200)
            try await eventually("the other node knows its points", timeout: soon) {
                let user = Credentials.base64URL(Credentials.randomBytes(6))
                return try await cluster.update(user, "fresh", node: 1).json["new_score"] == 1000
            }
            #expect(try await Self.delete("/actions/fresh", cluster).status == 204)
            try await eventually("the other node knows that it is gone", timeout: soon) {
                try await cluster.update("u1", "fresh", node: 1).status == 404
            }
        }

        @Test(
            "400 invalid_input names the field",
            arguments: [
                ("points", #"{"points":"7","boards":["global"]}"#), ("points", #"{"points":1.5,"boards":["global"]}"#),
                ("points", #"{"points":9007199254740993,"boards":["global"]}"#), ("boards", #"{"points":7}"#),
                ("boards", #"{"points":7,"boards":[]}"#), ("boards", #"{"points":7,"boards":["nope"]}"#),
                ("boards", #"{"points":7,"boards":["global","global"]}"#),
                ("boards", #"{"points":7,"boards":"global"}"#),
                ("points", #"{"boards":["global"]}"#),
                ("submits_score", #"{"points":7,"boards":["global"],"submits_score":1}"#),
                ("min_score", #"{"points":0,"boards":["global"],"submits_score":true,"min_score":2,"max_score":1}"#),
                ("max_score", #"{"points":0,"boards":["global"],"submits_score":true,"max_score":"9"}"#),
                ("max_per_user_per_day", #"{"points":7,"boards":["global"],"max_per_user_per_day":0}"#),
                ("cooldown_seconds", #"{"points":7,"boards":["global"],"cooldown_seconds":-1}"#),
                ("boards", #"{"points":7,"boards":null}"#), ("points", #"{"points":null,"boards":["global"]}"#),
                ("colour", #"{"points":7,"boards":["global"],"colour":1}"#),
                ("Points", #"{"points":7,"boards":["global"],"Points":null}"#),
                ("body", "[]"), ("body", ""), ("body", #"{"points":7,"boards":["global"]}x"#),
            ])
        func validation(_ field: String, _ body: String) async throws {
            let cluster = try Cluster.ofSuite
            let admin = Self.admin(cluster)
            let id = Credentials.base64URL(Credentials.randomBytes(6))
            let answer = try await cluster.put("/actions/\(id)", body, token: admin)
            let named = field == "body" ? nil : field
            let fault = ErrorForm.fault(
                in: answer, status: 400, code: "invalid_input", message: Sentence.invalidInput, field: named)
            #expect(fault == nil)
            #expect(try await cluster.get("/actions/\(id)", token: admin).status == 404)
        }

        @Test("null means absent for every optional member")
        func nulls() async throws {
            let cluster = try Cluster.ofSuite
            let body = """
                {"action_id":null,"points":null,"boards":["global"],"submits_score":true,"min_score":null,\
                "max_score":null,"max_per_user_per_day":null,"cooldown_seconds":null}
                """
            let answer = try await cluster.put("/actions/nulls", body, token: Self.admin(cluster))
            #expect(answer.status == 201)
            #expect(try answer.json["points"] == 0 && answer.json["action_id"] == "nulls")
            let plain = #"{"points":7,"boards":["global"],"submits_score":null}"#
            let second = try await cluster.put("/actions/nulls", plain, token: Self.admin(cluster))
            #expect(try second.status == 200 && second.json["submits_score"] == false)
        }

        @Test(
            "400 invalid_input for an id that no action can have",
            arguments: ["a%20b", String(repeating: "a", count: 65), "%C3%A9"])
        func id(_ id: String) async throws {
            let cluster = try Cluster.ofSuite
            let answer = try await cluster.put("/actions/\(id)", Self.good, token: Self.admin(cluster))
            #expect(ErrorForm.fault(in: answer, status: 400, code: "invalid_input", field: "id") == nil)
        }

        private static let type = [("Content-Type", "application/json")]

        private static func admin(_ cluster: Cluster) -> String {
            cluster.credentials.token("admin", role: "admin")
        }

        private static func delete(_ target: String, _ cluster: Cluster) async throws -> TinyHTTP.Response {
            let headers = [("Authorization", "Bearer " + admin(cluster))]
            return try await TinyHTTP.request("DELETE", port: try cluster.port(), target, headers: headers)
        }
    }
}
