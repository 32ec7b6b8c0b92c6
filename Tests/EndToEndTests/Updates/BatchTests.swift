import TestSupport
import Testing

extension EndToEnd {
    @Suite("POST /update-scores", .apiNodes())
    struct Batch {
        @Test("each update has the outcome, in order, that it would have had alone")
        func outcomes() async throws {
            let cluster = try Cluster.ofSuite
            let credentials = cluster.credentials
            let again = credentials.actionID("b1")
            let items = [
                Update.body(user: "b1", id: again), Update.body(user: "b1", id: again),
                Update.body(user: "b2", id: credentials.actionID("b1")),
                Update.body(user: "b2", id: credentials.actionID("b2", "nothing")), #"{"user_id":"b2"}"#,
                Update.body(user: "b2", id: credentials.actionID("b2", "capture")),
            ]
            let answer = try await Self.post(items, role: "service")
            #expect(answer.status == 200)
            let body = try answer.json
            #expect(body.names == ["results"])
            let results = try #require(body["results"]?.array)
            let codes = results.map { $0["code"]?.string ?? $0["status"]?.string }
            #expect(
                codes == ["success", "success", "suspicious_activity", "unknown_action", "invalid_input", "success"])
            #expect(results.map { $0["replayed"] } == [false, true, nil, nil, nil, false])
            #expect(
                results.last == [
                    "status": "success", "message": "Score updated successfully", "success": true, "new_score": 25,
                    "rank": 1, "board": "global", "replayed": false,
                ])
            #expect(
                results[2] == [
                    "status": "error", "code": "suspicious_activity", "message": .string(Sentence.suspicious),
                ])
            let missing = results[4]["details"]?.array?.compactMap { $0["field"]?.string }
            #expect(missing == ["action_id"])
            let standings = try await cluster.leaderboard()
            #expect(standings == [Standing(user: "b2", score: 25), Standing(user: "b1", score: 5)])
        }

        @Test("500 updates are accepted; 501 are refused as a whole, like other bodies and other roles")
        func limits() async throws {
            let credentials = try Cluster.ofSuite.credentials
            let items = (0...500).map { Update.body(user: "m\($0)", id: credentials.actionID("m\($0)")) }
            try await Attempt.expectNothingChanges {
                let fault = ErrorForm.fault(
                    in: try await Self.post(items, role: "admin"), status: 400, code: "invalid_input", field: "updates")
                #expect(fault == nil)
                for role in [nil, "player"] {
                    let answer = try await Self.post(Array(items.prefix(1)), role: role)
                    #expect(ErrorForm.fault(in: answer, status: 403, code: "forbidden") == nil)
                }
                for body in ["", "[]", "{}", #"{"updates":{}}"#, #"{"updates":null}"#] {
                    let answer = try await Self.post(body, role: "service")
                    let field = body.contains(":") || body == "{}" ? "updates" : nil
                    #expect(ErrorForm.fault(in: answer, status: 400, code: "invalid_input", field: field) == nil)
                }
            }
            let answer = try await Self.post(Array(items.dropLast()), role: "admin")
            #expect(answer.status == 200)
            let results = try #require(try answer.json["results"]?.array)
            #expect(results.count == 500 && results.allSatisfy { $0["new_score"] == 5 && $0["replayed"] == false })
        }

        private static func post(_ items: [String], role: String?) async throws -> TinyHTTP.Response {
            try await post(#"{"updates":[\#(items.joined(separator: ","))]}"#, role: role)
        }

        private static func post(_ body: String, role: String?) async throws -> TinyHTTP.Response {
            let cluster = try Cluster.ofSuite
            let headers = [("Authorization", "Bearer " + cluster.credentials.token("server", role: role))]
            return try await TinyHTTP.post(
                port: try cluster.port(), "/update-scores", json: body, headers: headers)
        }
    }
}
