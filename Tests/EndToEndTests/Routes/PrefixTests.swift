import TestSupport
import Testing

extension EndToEnd {
    /// The prefix `/api` on a whole node: on the fast lanes, the upgrades, Hummingbird's routes and the page.
    @Suite("The prefix of paths", .timeLimit(.minutes(3)))
    struct Prefix {
        @Test("every path works with it, and those for operators do not")
        func doors() async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 0, 0)
            try await Cluster.run(plan) { cluster in
                let port = try await cluster.startNode("api,gateway,persister").port
                let token = [("Authorization", "Bearer " + cluster.credentials.token("m1"))]
                let body = Update.body(user: "m1", id: cluster.credentials.actionID("m1", "kill"))
                let answer = try await TinyHTTP.post(port: port, "/api/update-score", json: body, headers: token)
                #expect(answer.status == 200, "\(answer.text)")
                for (path, status) in [
                    ("/", 200), ("/scorecast.js", 200), ("/leaderboard", 200), ("/leaderboard/users/m1", 200),
                    ("/leaderboard/top?percent=10", 200), ("/boards", 200), ("/boards/%67lobal", 200),
                    ("/openapi.json", 200), ("/sse/scoreboard", 200), ("/ws/scoreboard", 426), ("/actions", 401),
                    ("/nope", 404),
                ] {
                    for path in [path, "/api\(path)"] {
                        #expect(try await TinyHTTP.request("HEAD", port: port, path).status == status, "\(path)")
                    }
                }
                for path in ["/healthz", "/readyz", "/metrics"] {
                    #expect(try await TinyHTTP.request(port: port, path).status == 200)
                    for path in [
                        "/api\(path)", "/api\(path)/", "/api\(path)?x", "/api/\(path)", "//api\(path)",
                        "/api/api\(path)",
                        "/api\(path.replacing("e", with: "%65"))", "/%61pi\(path)", "/api/.\(path)",
                    ] {
                        let answer = try await TinyHTTP.request(port: port, path)
                        #expect(ErrorForm.fault(in: answer, status: 404, code: "not_found") == nil, "\(path)")
                    }
                }
                for path in [
                    "/api", "//api/leaderboard", "/api//leaderboard", "/api/api/leaderboard", "/apileaderboard",
                ] {
                    #expect(try await TinyHTTP.request(port: port, path).status == 404, "\(path)")
                }
            }
        }
    }
}
