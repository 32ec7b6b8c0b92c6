import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// The answers that a page of another origin may read, and the limit of requests of an address, on every route.
    @Suite(
        "Origins and addresses",
        .apiNodes(environment: [
            "SCORECAST_THREADS": "1", "SCORECAST_ADDRESS_RATE_LIMIT": "20/2000s",
            "SCORECAST_TRUSTED_PROXIES": "127.0.0.1", "SCORECAST_ALLOWED_ORIGINS": "https://game.example",
        ]), .timeLimit(.minutes(1)))
    struct Browsers {
        private static let targets = ["/update-score", "/update-score/"]

        @Test("a page of an allowed origin may read 413, and the connection ends", arguments: targets)
        func tooLarge(_ target: String) async throws {
            let head = "POST \(target) HTTP/1.1\r\nHost: h\r\nOrigin: https://game.example\r\n"
            let spaces = String(repeating: " ", count: 5000)
            for body in [
                "Content-Length: 5000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n1388\r\n\(spaces)\r\n",
            ] {
                let answer = try await Self.exchange(head + body)
                Self.expectReadable(answer, 413, "payload_too_large")
                #expect(answer.header("connection") == "close")
            }
        }

        /// Sends both requests at once, because each waits for the server's timeout.
        @Test("a page of an allowed origin may read 408")
        func tooSlow() async throws {
            try await withThrowingTaskGroup(of: TinyHTTP.Response.self) { group in
                for target in Self.targets {
                    let head = "POST \(target) HTTP/1.1\r\nHost: h\r\nOrigin: https://game.example\r\n"
                    group.addTask { try await Self.exchange(head + "Content-Length: 100\r\n\r\n{") }
                }
                for try await answer in group {
                    Self.expectReadable(answer, 408, "request_timeout")
                    #expect(answer.header("connection") == "close")
                    #expect(answer.header("x-content-type-options") == "nosniff")
                    #expect(answer.header("cache-control") == "no-store")
                }
            }
        }

        private static func expectReadable(_ answer: TinyHTTP.Response, _ status: Int, _ code: String) {
            #expect(ErrorForm.fault(in: answer, status: status, code: code) == nil)
            #expect(answer.header("access-control-allow-origin") == "https://game.example")
            #expect(answer.header("vary") == "Origin")
        }

        /// All routes that check a token. A bad token costs a signature check.
        private static let routes = [
            ("POST", "/update-score"), ("POST", "/update-score/"), ("POST", "/update-scores"), ("GET", "/actions"),
            ("GET", "/actions/kill"), ("PUT", "/actions/kill"), ("DELETE", "/actions/kill"),
            ("POST", "/actions/kill/grants"),
        ]

        @Test(
            "over its limit an address gets 429 for any token, before the token is checked", arguments: routes.indices
        )
        func address(_ index: Int) async throws {
            let cluster = try Cluster.ofSuite
            let (method, target) = Self.routes[index]
            let statuses = try await Self.statuses(method, target, from: "203.0.113.\(index)", count: 25, cluster)
            #expect(statuses == Array(repeating: 401, count: 20) + Array(repeating: 429, count: 5))
            // The addresses before the last one come from the client and prove nothing.
            let other = try await Self.statuses(
                method, target, from: "203.0.113.\(index), 198.51.100.\(index)", count: 1, cluster)
            #expect(other == [401])
            let again = try await Self.statuses(
                method, target, from: "198.51.100.\(index), 203.0.113.\(index)", count: 1, cluster)
            #expect(again == [429])
        }

        private static func statuses(
            _ method: String, _ target: String, from forwarded: String, count: Int, _ cluster: Cluster
        ) async throws -> [Int] {
            let head = "\(method) \(target) HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
            let rest = "X-Forwarded-For: \(forwarded)\r\nAuthorization: Bearer x.y.z\r\nContent-Length: 2\r\n\r\n{}"
            let port = try cluster.port()
            return try await onThread {
                let client = KeepAliveClient(port: port)
                return try (0..<count).map { _ in try client.exchange(Array((head + rest).utf8)).status }
            }
        }

        private static func exchange(_ text: String) async throws -> TinyHTTP.Response {
            let port = try Cluster.ofSuite.port()
            return try await onThread { try KeepAliveClient(port: port).exchange(Array(text.utf8)) }
        }
    }
}
