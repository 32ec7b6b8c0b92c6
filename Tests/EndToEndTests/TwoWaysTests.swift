import TestSupport
import Testing

extension EndToEnd {
    /// `/update-score/`, with a slash behind it, is no path of the lane, but the same route to Hummingbird's router.
    @Suite("POST /update-score: the lane and the ordinary route", .apiNodes(rateLimit: "5/600s"))
    struct TwoWays {
        @Test("the same requests get the same status, fields and body by both ways", .timeLimit(.minutes(2)))
        func same() async throws {
            let cluster = try Cluster.ofSuite
            let requests = Self.requests(count: 1000, cluster.credentials)
            let port = try cluster.port()
            let lane = try await Self.send(requests, to: "/update-score", port: port)
            // The same start for the second way: no scores, no receipts, no limits, the partitions still open.
            let forget = """
                for _, key in ipairs(redis.call('KEYS', '*')) do
                  if not key:find(':meta', 1, true) then redis.call('DEL', key) end
                end
                """
            _ = try await cluster.probe.command("EVAL", forget, "0")
            let ordinary = try await Self.send(requests, to: "/update-score/", port: port)
            for (index, pair) in zip(lane, ordinary).enumerated() where pair.0 != pair.1 {
                Issue.record("\(requests[index].prefix(400))\nlane: \(pair.0)\nordinary: \(pair.1)")
                break
            }
            let statuses = Set(lane.map(\.status))
            #expect(statuses.isSuperset(of: [200, 400, 401, 403, 404, 409, 413, 415, 429]), "\(statuses)")
        }

        private struct Answer: Equatable {
            var status: Int
            var fields: [String]
            var body: String

            /// Fields in any order, without the time and what depends on it. `Connection` is about the connection: the
            /// lane ends it with a body that is too long, where Hummingbird reads on.
            init(_ response: TinyHTTP.Response) {
                let timed: Set = ["date", "retry-after", "ratelimit"]
                status = response.status
                let kept = response.headers.filter { $0.name != "connection" }
                fields = kept.map { timed.contains($0.name) ? $0.name : "\($0.name): \($0.value)" }.sorted()
                body = response.text
            }
        }

        private static func send(_ requests: [String], to target: String, port: Int) async throws -> [Answer] {
            try await onThread {
                let client = KeepAliveClient(port: port)
                return try requests.map { Answer(try client.exchange(Array("POST \(target) \($0)".utf8))) }
            }
        }

        /// Requests without their first two words; the same for the same seed but for ids and signatures.
        private static func requests(count: Int, _ credentials: Credentials) -> [String] {
            var random = Seeded(state: 7)
            var used: [(user: String, id: String, score: Int64?)] = []
            return (0..<count).map { _ in
                let user = "w\(Int.random(in: 0..<60, using: &random))"
                let kind = Int.random(in: 0..<20, using: &random)
                var token: String? = credentials.token(user)
                var type = "application/json"
                var id = credentials.actionID(user)
                var score: Int64?
                var body: String?
                switch kind {
                case 0: token = nil
                case 1: token = "x.y.z"
                case 2: token = credentials.jwt(claims: ["sub": .string(user), "exp": 1])
                case 3: type = "text/plain"
                case 4: id = credentials.actionID("other")
                case 5: id = credentials.actionID(user, key: Array(repeating: 1, count: 32))
                case 6: id = credentials.actionID(user, "nothing")
                case 7: token = credentials.token("other")
                case 8: token = credentials.token("server", role: "service")
                case 9: body = ["", "[]", "{", "null", "{}", #"{"user_id":7}"#].randomElement(using: &random)
                case 10: body = #"{"user_id":"a","user_id":"b","action_id":"c"}"#
                case 11: body = String(repeating: " ", count: 4097)
                case 12: (id, score) = (credentials.actionID(user, "race"), Int64.random(in: 0...1100, using: &random))
                case 13: (id, score) = (credentials.actionID(user, "kill", score: 3), 4)
                case 14: id = credentials.actionID(user, issuedAt: 1_000_000)
                case 15...17:
                    if let old = used.randomElement(using: &random) {
                        token = credentials.token(old.user)
                        body = Update.body(user: old.user, id: old.id, newScore: kind == 17 ? 77 : old.score)
                    }
                default: break
                }
                if body == nil { used.append((user, id, score)) }
                let text = body ?? Update.body(user: user, id: id, newScore: score)
                let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
                let length = "Content-Length: \(text.utf8.count)\r\n"
                return "HTTP/1.1\r\nHost: h\r\nContent-Type: \(type)\r\n\(authorization)\(length)\r\n\(text)"
            }
        }

        /// SplitMix64.
        private struct Seeded: RandomNumberGenerator {
            var state: UInt64

            mutating func next() -> UInt64 {
                state &+= 0x9E37_79B9_7F4A_7C15
                var z = state
                z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
                z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
                return z ^ (z >> 31)
            }
        }
    }
}
