import TestSupport
import Testing

extension EndToEnd {
    @Suite("POST /update-scores: malformed items, and items over the rate", .apiNodes(rateLimit: "2/60s"))
    struct BatchItems {
        @Test("a malformed item has the outcome that /update-score would give, and affects no other item")
        func outOfForm() async throws {
            let cluster = try Cluster.ofSuite
            let bad = [
                "7", "null", "[]", #""x""#, "{}", #"{"user_id":7,"action_id":"x"}"#,
                #"{"user_id":"f1","action_id":null}"#,
                #"{"user_id":"f1","user_id":"f1","action_id":"x"}"#,
                #"{"user_id":"f1","action_id":"x","new_score":1.5}"#,
                #"{"user_id":"f1","action_id":"x","y":[[[[[1]]]]]}"#, #"{"user_id":"","action_id":"x"}"#,
                #"{"user_id":"f1","action_id":"\#(String(repeating: "x", count: 5000))"}"#,
            ]
            let good = ["f1", "f2"].map { Update.body(user: $0, id: cluster.credentials.actionID($0)) }
            let results = try await Self.post([good[0]] + bad + [good[1]])
            #expect(results.first?["status"] == "success" && results.last?["status"] == "success")
            let token = cluster.credentials.token("server", role: "service")
            for (item, result) in zip(bad, results.dropFirst()) {
                let alone = try await cluster.post(item, token: token)
                #expect(alone.status == 400 || alone.status == 413)
                #expect(try alone.json == result, "\(item.prefix(60))")
            }
        }

        @Test(
            "a body that is not JSON, anywhere, is refused as a whole", arguments: ["{\"user_id\":}", "{", "01", "'x'"])
        func notJSON(_ item: String) async throws {
            let cluster = try Cluster.ofSuite
            let good = Update.body(user: "n1", id: cluster.credentials.actionID("n1"))
            try await Attempt.expectNothingChanges {
                let answer = try await Self.send([good, item])
                let fault = ErrorForm.fault(in: answer, status: 400, code: "invalid_input", field: "updates")
                #expect(fault == nil)
            }
        }

        @Test("an item over the rate says when it can pass")
        func overTheRate() async throws {
            let cluster = try Cluster.ofSuite
            let items = (0..<3).map { _ in Update.body(user: "r1", id: cluster.credentials.actionID("r1")) }
            let results = try await Self.post(items)
            #expect(results.map { $0["code"]?.string } == [nil, nil, "rate_limited"])
            let wait = try #require(results.last?["retry_after_ms"]?.integer)
            #expect((1...30_000).contains(wait))
        }

        private static func post(_ items: [String]) async throws -> [JSON] {
            let answer = try await send(items)
            #expect(answer.status == 200, "\(answer.text)")
            return try #require(try answer.json["results"]?.array)
        }

        private static func send(_ items: [String]) async throws -> TinyHTTP.Response {
            let cluster = try Cluster.ofSuite
            let headers = [("Authorization", "Bearer " + cluster.credentials.token("server", role: "service"))]
            let body = #"{"updates":[\#(items.joined(separator: ","))]}"#
            return try await TinyHTTP.post(port: try cluster.port(), "/update-scores", json: body, headers: headers)
        }
    }
}
