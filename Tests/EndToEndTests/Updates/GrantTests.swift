import TestSupport
import Testing

extension EndToEnd {
    /// Action ids from the API, and the limits of actions, on nodes of their own deployments.
    @Suite("Grants and the limits of actions")
    struct Grants {
        private static var plan: Cluster.Plan {
            var plan = Cluster.Plan()
            plan.apis = 1
            plan.gateways = 0
            plan.environment = ["SCORECAST_VELOCITY_LIMIT": "60/1h", "SCORECAST_ACK": "persisted"]
            return plan
        }

        private func grant(
            _ cluster: Cluster, _ action: String, _ body: String, role: String? = "service"
        ) async throws -> TinyHTTP.Response {
            let token = cluster.credentials.token("game", role: role)
            return try await TinyHTTP.post(
                port: try cluster.port(), "/actions/\(action)/grants", json: body,
                headers: [("Authorization", "Bearer \(token)")])
        }

        @Test("a grant is an action id for its user only; a persisted update is in Postgres when it is answered")
        func grants() async throws {
            try await Cluster.run(Self.plan) { cluster in
                let granted = try await grant(cluster, "kill", #"{"user_id":"g1","score":null}"#)
                #expect(granted.status == 200)
                let id = try #require(try granted.json["action_id"]?.string)
                #expect(try granted.json["expires_at"]?.string?.hasSuffix("Z") == true)
                #expect(try await cluster.update("g2", id: id).status == 403)
                #expect(try await cluster.update("g1", id: id).status == 200)
                // The update is in Postgres when it is answered.
                #expect(try await cluster.ledgerCount() == 1)
                let replay = try await cluster.update("g1", id: id)
                #expect(try replay.status == 200 && replay.json["replayed"] == true)

                #expect(try await grant(cluster, "kill", #"{"user_id":"g1"}"#, role: "player").status == 403)
                #expect(try await grant(cluster, "nothing", #"{"user_id":"g1"}"#).status == 404)
                for body in [#"{}"#, #"{"user_id":""}"#, #"{"user_id":"g1","score":1.5}"#, "[]", "x"] {
                    let refused = try await grant(cluster, "kill", body)
                    #expect(try refused.status == 400 && refused.json["code"] == "invalid_input", "\(body)")
                }
            }
        }

        @Test("cooldown and daily count answer 429 with Retry-After, velocity 403, and nothing changes")
        func limits() async throws {
            try await Cluster.run(Self.plan) { cluster in
                let admin = cluster.credentials.token("admin", role: "admin")
                let cooled = #"{"points":1,"boards":["global"],"cooldown_seconds":600}"#
                let counted = #"{"points":1,"boards":["global"],"max_per_user_per_day":2}"#
                #expect(try await cluster.put("/actions/cooled", cooled, token: admin).status == 201)
                #expect(try await cluster.put("/actions/counted", counted, token: admin).status == 201)

                #expect(try await cluster.update("c1", "cooled").status == 200)
                let early = try await cluster.update("c1", "cooled")
                #expect(ErrorForm.fault(in: early, status: 429, code: "rate_limited") == nil)
                #expect(early.header("retry-after").flatMap { Int($0) }.map { (1...600).contains($0) } == true)

                for _ in 0..<2 { #expect(try await cluster.update("c2", "counted").status == 200) }
                let third = try await cluster.update("c2", "counted")
                #expect(ErrorForm.fault(in: third, status: 429, code: "rate_limited") == nil)
                #expect(third.header("retry-after").flatMap { Int($0) }.map { (1...86_400).contains($0) } == true)

                // 60 points an hour are allowed. Two captures and a kill are 55, so another capture is not believed.
                for action in ["capture", "capture", "kill"] {
                    #expect(try await cluster.update("c3", action).status == 200)
                }
                let fast = try await cluster.update("c3", "capture")
                #expect(
                    ErrorForm.fault(in: fast, status: 403, code: "suspicious_activity", message: Sentence.suspicious)
                        == nil)
                let expected = [("c3", 55), ("c2", 2), ("c1", 1)].map { Standing(user: $0.0, score: $0.1) }
                #expect(try await cluster.leaderboard() == expected)
                #expect(try await cluster.ledgerCount() == 6)
            }
        }
    }
}
