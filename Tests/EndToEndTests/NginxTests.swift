import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// The shipped `deploy/nginx.conf` keeps the nodes' contract.
    @Suite("Behind nginx", .enabled(if: NginxProcess.isWanted), .timeLimit(.minutes(3)))
    struct BehindNginx {
        private static let origin = "https://page.example"
        private static let head = "Host: x\r\nOrigin: \(origin)\r\nConnection: close\r\n"

        private static func run(
            allowed: [String: String] = ["SCORECAST_ALLOWED_ORIGINS": origin],
            _ body: (Cluster, NginxProcess) async throws -> Void
        ) async throws {
            var plan = Cluster.Plan()
            (plan.apis, plan.gateways, plan.persisters) = (1, 1, 0)
            plan.environment = allowed.merging(["SCORECAST_TRUSTED_PROXIES": "127.0.0.1"]) { $1 }
            try await Cluster.run(plan) { cluster in
                try await NginxProcess.run(before: cluster, origin: origin) { try await body(cluster, $0) }
            }
        }

        /// A request that nginx answers itself, the answer, and whether nginx has read the page's origin by then.
        private static let refused: [(request: String, status: Int, code: String, knowsOrigin: Bool)] = [
            ("GET /nope HTTP/1.1\r\n\(head)\r\n", 404, "not_found", true),
            ("GET / HTTP/1.1\r\n\(head)Host: y\r\n\r\n", 400, "bad_request", true),
            ("POST /update-score HTTP/1.1\r\n\(head)Transfer-Encoding: gzip\r\n\r\n", 400, "bad_request", true),
            ("TRACE / HTTP/1.1\r\n\(head)\r\n", 405, "method_not_allowed", true),
            ("POST /update-score HTTP/1.1\r\n\(head)Content-Length: 99999999\r\n\r\n", 413, "payload_too_large", true),
            (
                "GET / HTTP/1.1\r\n\(head)X: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431,
                "headers_too_large", true
            ),
            (
                "GET /\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\n\(head)\r\n", 414, "uri_too_long", false
            ),
            ("GET /%zz HTTP/1.1\r\n\(head)\r\n", 400, "bad_request", false),
        ]

        @Test("nginx's own answers have the form of the nodes' errors, and pages may read them")
        func errors() async throws {
            try await Self.run { cluster, nginx in
                for (request, status, code, knowsOrigin) in Self.refused {
                    let answer = try await nginx.exchange(request)
                    let fault = ErrorForm.fault(in: answer, status: status, code: code)
                    #expect(fault == nil, "\(request.prefix(60))")
                    #expect(answer.header("vary") == "Origin", "\(request.prefix(60))")
                    if knowsOrigin { #expect(answer.header("access-control-allow-origin") == Self.origin, "\(code)") }
                }
                let other =
                    "GET /nope HTTP/1.1\r\nHost: x\r\nOrigin: https://other.example\r\nConnection: close\r\n\r\n"
                #expect(try await nginx.exchange(other).header("access-control-allow-origin") == nil)

                await cluster.apis[0].kill()
                let down = try await nginx.exchange("GET /leaderboard HTTP/1.1\r\n\(Self.head)\r\n")
                #expect(ErrorForm.fault(in: down, status: 503, code: "unavailable") == nil)
                #expect(down.header("retry-after") == "1")
                #expect(down.header("access-control-allow-origin") == Self.origin)
                #expect(down.header("access-control-expose-headers") == "Retry-After")
            }
        }

        @Test("the nodes' answers pass through: tokens of 8 KiB, refusals, snapshots, and the page in fewer bytes")
        func passesOn() async throws {
            try await Self.run { cluster, nginx in
                let long = String(repeating: "a", count: 8192)
                let token = try await nginx.exchange(
                    "GET /actions HTTP/1.1\r\n\(Self.head)Authorization: Bearer \(long)\r\n\r\n")
                #expect(ErrorForm.fault(in: token, status: 401, code: "unauthorized") == nil)
                #expect(token.header("access-control-allow-origin") == Self.origin)
                let board = try await nginx.exchange("GET /leaderboard?board=nope HTTP/1.1\r\n\(Self.head)\r\n")
                #expect(ErrorForm.fault(in: board, status: 404, code: "unknown_board") == nil)
                let update = Update.body(user: "u1", id: cluster.credentials.actionID("u1"), newScore: nil)
                let headers = [("Authorization", "Bearer \(cluster.credentials.token("u1"))")]
                #expect(
                    try await TinyHTTP.post(port: nginx.port, "/update-score", json: update, headers: headers).status
                        == 200)

                let page = try await nginx.exchange("GET / HTTP/1.1\r\n\(Self.head)Accept-Encoding: gzip\r\n\r\n")
                #expect(page.status == 200 && page.header("content-encoding") == "gzip")

                let port = nginx.port
                let first = try await onThread {
                    var socket = try WebSocketConnection(port: port, "/ws/scoreboard", patience: .seconds(10))
                    return try socket.next()
                }
                guard case .text(let snapshot)? = first else {
                    Issue.record("no snapshot")
                    return
                }
                #expect(snapshot.contains(#""type":"snapshot""#))
                let stream = try await onThread {
                    let socket = try LoopbackSocket(port: port, timeout: .seconds(10))
                    try socket.send(Array("GET /sse/scoreboard HTTP/1.1\r\nHost: x\r\n\r\n".utf8))
                    var text = ""
                    let deadline = ContinuousClock.now + .seconds(10)
                    while !text.contains(#""type":"snapshot""#), ContinuousClock.now < deadline,
                        let bytes = try socket.receive()
                    {
                        text += String(decoding: bytes, as: UTF8.self)
                    }
                    return text
                }
                #expect(stream.hasPrefix("HTTP/1.1 200") && stream.contains(#""type":"snapshot""#))
            }
        }

        @Test("the nodes compare a page's origin with the host that the page called")
        func sameOrigin() async throws {
            try await Self.run(allowed: [:]) { _, nginx in
                let port = nginx.port
                for (origin, status) in [("http://127.0.0.1:\(port)", "101"), (Self.origin, "403")] {
                    let answer = try await onThread {
                        let socket = try LoopbackSocket(port: port, timeout: .seconds(10))
                        let head = """
                            GET /ws/scoreboard HTTP/1.1\r
                            Host: 127.0.0.1:\(port)\r
                            Origin: \(origin)\r
                            Upgrade: websocket\r
                            Connection: Upgrade\r
                            Sec-WebSocket-Version: 13\r
                            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                            \r

                            """
                        try socket.send(Array(head.utf8))
                        return String(decoding: try socket.receive() ?? [], as: UTF8.self)
                    }
                    #expect(answer.hasPrefix("HTTP/1.1 \(status)"), "\(origin)")
                }
            }
        }

        @Test("every public route is passed on, and health and metrics stay inside, however they are spelled")
        func routes() async throws {
            try await Self.run { _, nginx in
                for path in [
                    "/metrics", "/metrics/", "/metrics//", "/metrics/?x", "/metrics?x", "//metrics", "/%6detrics",
                    "/%6Detrics/", "/METRICS", "/./metrics", "/x/../metrics", "/leaderboard/../metrics",
                    "/actions/%2e%2e/metrics", "/actions/..%2fmetrics", "/scorecast/../metrics", "/metrics%2f",
                    "/metrics;x", "/healthz", "/healthz/", "//healthz", "/readyz", "/readyz/", "/%72eadyz",
                    "/-/not_found", "/api/metrics", "/api/metrics/", "/api/metrics?x", "/api//metrics", "//api/metrics",
                    "/api/api/metrics", "/api/%6detrics", "/%61pi/metrics", "/api/leaderboard/../metrics",
                    "/api/readyz",
                    "/api/healthz", "/api/-/not_found",
                ] {
                    let answer = try await nginx.exchange("GET \(path) HTTP/1.1\r\n\(Self.head)\r\n")
                    #expect(answer.status == 404, "\(path)")
                    #expect(!answer.text.contains("scorecast_") && !answer.text.contains("ready"), "\(path)")
                }
                let whole = try await nginx.exchange("GET http://x/metrics HTTP/1.1\r\n\(Self.head)\r\n")
                #expect(whole.status == 404)

                let document = try await TinyHTTP.request(port: nginx.port, "/openapi.json").json
                let inside: Set = ["/healthz", "/readyz", "/metrics"]
                // The nodes of this deployment do not have the roles for these.
                let others = [
                    "/auth/", "/user/", "/users", "/api-keys", "/.well-known/", "/task", "/job-points", "/wallet",
                    "/challenges", "/badges", "/gamification/", "/analytics/", "/notifications",
                ]
                let paths = (document["paths"]?.names ?? []).subtracting(inside)
                    .filter { path in !others.contains { path.hasPrefix($0) } }
                    .map { $0.replacing("{id}", with: "kill") }
                #expect(paths.count > 5)
                let page = try await TinyHTTP.request(port: nginx.port, "/").text
                let files = page.matches(of: #/(?:src|href)="\/?([a-z.\/-]+\.(?:js|css))"/#).map { "/\($0.output.1)" }
                #expect(!files.isEmpty)
                let served = paths + files + ["/", "/scorecast.js", "/scorecast/room.js", "/scorecast.d.ts"]
                for path in served + served.map({ "/api\($0)" }) {
                    let answer = try await TinyHTTP.request("HEAD", port: nginx.port, path)
                    guard answer.status == 404 else { continue }
                    // A node says what it does not know, such as a board.
                    let code = try await TinyHTTP.request(port: nginx.port, path).json["code"]?.string
                    #expect(code?.hasPrefix("unknown_") == true, "\(path)")
                }
            }
        }

        @Test("every path of the OpenAPI document leads to a node, whatever its role")
        func documentedPaths() async throws {
            try await Self.run { cluster, nginx in
                let document = try await TinyHTTP.request(port: nginx.port, "/openapi.json").json
                let inside: Set = ["/healthz", "/readyz", "/metrics"]
                let paths = (document["paths"]?.names ?? []).subtracting(inside)
                    .map { $0.replacing(#/\{[a-z_]+\}/#, with: "x") }
                #expect(paths.count > 40)
                // Without a node, nginx answers 503 for what it would pass on, and 404 for all else.
                for node in cluster.apis + cluster.gateways { await node.kill() }
                for path in paths + paths.map({ "/api\($0)" }) + ["/ws", "/play", "/api/ws", "/api/play"] {
                    let answer = try await nginx.exchange("GET \(path) HTTP/1.1\r\n\(Self.head)\r\n")
                    #expect(answer.status == 503, "\(path)")
                }
                #expect(try await nginx.exchange("GET /tasksx HTTP/1.1\r\n\(Self.head)\r\n").status == 404)
            }
        }
    }
}
