import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// The guarantees for every HTTP client of a node, and the operators' view of its requests.
    @Suite("Requests to a node", .timeLimit(.minutes(3)))
    struct NodeRequests {
        private static var plan: Cluster.Plan {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 0, 0)
            return plan
        }

        private static func exchange(_ port: Int, _ requests: [String]) async throws -> [TinyHTTP.Response] {
            try await onThread {
                let client = KeepAliveClient(port: port)
                return try requests.map { try client.exchange(Array($0.utf8)) }
            }
        }

        @Test("tokens of 8 KiB, HEAD, offers of an upgrade and expectations are answered as the RFCs say")
        func rules() async throws {
            try await Cluster.run(Self.plan) { cluster in
                let node = try await cluster.startNode("api,gateway")
                let long = String(repeating: "a", count: 8192)
                let head = "Host: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n"
                let token = try await Self.exchange(
                    node.port, ["POST /update-score HTTP/1.1\r\n\(head)Authorization: Bearer \(long)\r\n\r\n{}"])
                #expect(ErrorForm.fault(in: token[0], status: 401, code: "unauthorized") == nil)

                for (path, status) in [
                    ("/", 200), ("/scorecast.js", 200), ("/leaderboard", 200), ("/openapi.json", 200),
                    ("/healthz", 200),
                    ("/readyz", 200), ("/metrics", 200), ("/sse/scoreboard", 200), ("/ws/scoreboard", 426),
                    ("/actions", 401), ("/actions/kill", 401), ("/nope", 404),
                ] {
                    #expect(try await TinyHTTP.request("HEAD", port: node.port, path).status == status, "\(path)")
                }

                // Each request is sent on the connection of the previous one.
                let offer =
                    "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                    + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
                let answers = try await Self.exchange(
                    node.port,
                    [
                        "GET /leaderboard HTTP/1.1\r\nHost: x\r\n\(offer)\r\n",
                        "POST /update-score HTTP/1.1\r\n\(head)\(offer)\r\n{}",
                        "GET /ws/scoreboard HTTP/1.1\r\nHost: x\r\n\(offer)\r\n",
                        "GET /leaderboard HTTP/1.1\r\nHost: x\r\n\r\n",
                    ])
                #expect(answers.map(\.status) == [200, 401, 426, 200])
                #expect(answers.allSatisfy { $0.header("connection")?.lowercased() != "close" })

                for (request, status, code) in [
                    ("POST /update-score HTTP/1.1\r\n\(head)Expect: something\r\n\r\n{}", 417, "expectation_failed"),
                    ("GET /leaderboard?limit=1&limit=1 HTTP/1.1\r\nHost: x\r\n\r\n", 400, "invalid_input"),
                    ("GET /leaderboard HTTP/1.1\r\nHost: x y\r\n\r\n", 400, "bad_request"),
                    ("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\nHost: x\r\n\r\n", 414, "uri_too_long"),
                    ("CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n", 501, "not_implemented"),
                ] {
                    let answer = try await Self.exchange(node.port, [request])[0]
                    #expect(answer.status == status, "\(answer.text)")
                    #expect(try answer.json["code"]?.string == code)
                    #expect(answer.header("x-content-type-options") == "nosniff")
                }
            }
        }

        @Test("operators have a port of their own, and only it has metrics and reasons")
        func operationsPort() async throws {
            try await Cluster.run(Self.plan) { cluster in
                let operations = try FreePort.take()
                let node = try await cluster.startNode("api", with: ["SCORECAST_OPERATIONS_PORT": "\(operations)"])
                for path in ["/healthz", "/readyz"] {
                    #expect(try await TinyHTTP.request(port: operations, path).status == 200)
                    #expect(try await TinyHTTP.request(port: node.port, path).status == 200)
                }
                let metrics = try await TinyHTTP.request(port: operations, "/metrics")
                #expect(metrics.status == 200 && metrics.text.contains("scorecast_http_requests_total"))
                for path in ["/metrics", "/metrics/", "//metrics", "/%6detrics"] {
                    let answer = try await TinyHTTP.request(port: node.port, path)
                    #expect(ErrorForm.fault(in: answer, status: 404, code: "not_found") == nil, "\(path)")
                }
                #expect(try await TinyHTTP.request(port: operations, "/leaderboard").status == 404)

                await cluster.redis.kill()
                try await eventually("the node is not ready", timeout: .seconds(15)) {
                    try await TinyHTTP.request(port: operations, "/readyz").status == 503
                }
                let inside = try await TinyHTTP.request(port: operations, "/readyz")
                let outside = try await TinyHTTP.request(port: node.port, "/readyz")
                #expect(try inside.json["reasons"]?.array?.isEmpty == false)
                #expect(try outside.status == 503 && outside.json["reasons"] == nil)
            }
        }

        @Test("requests are counted by route and status, and clients cannot create labels")
        func metrics() async throws {
            try await Cluster.run(Self.plan) { cluster in
                let port = try cluster.port()
                #expect(try await cluster.update("m1").status == 200)
                for _ in 0..<3 { #expect(try await cluster.post("{}", token: nil).status == 401) }
                for _ in 0..<2 { #expect(try await cluster.get("/leaderboard?limit=1").status == 200) }
                #expect(try await cluster.get("/actions/secret-name-1").status == 401)
                for path in ["/secret-path-2", "/%00secret", "/secret/\u{22}3", "/secret?x=4"] {
                    _ = try await cluster.get(path)
                }
                _ = try await TinyHTTP.request("PROPFIND", port: port, "/leaderboard")
                let page = try await cluster.get("/metrics").text
                let lines = Set(page.split(separator: "\n").map(String.init))
                for (labels, count) in [
                    (#"method="POST",route="/update-score",status="200""#, 1),
                    (#"method="POST",route="/update-score",status="401""#, 3),
                    (#"method="GET",route="/leaderboard",status="200""#, 2),
                    (#"method="GET",route="/actions/{id}",status="401""#, 1),
                    (#"method="GET",route="other",status="404""#, 4),
                    (#"method="other",route="/leaderboard",status="405""#, 1),
                ] {
                    #expect(lines.contains("scorecast_http_requests_total{\(labels)} \(count)"), "\(labels)")
                }
                #expect(lines.contains(#"scorecast_http_request_seconds_count{route="/update-score"} 4"#))
                #expect(!page.contains("secret"))
            }
        }
    }
}
