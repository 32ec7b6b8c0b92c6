import Basics
import TestSupport
import Testing

extension EndToEnd {
    /// `/update-score/`, with a trailing slash, is not a path of the lane, but the same route for Hummingbird's router.
    @Suite(
        "POST /update-score: the lane and the ordinary route",
        .apiNodes(
            rateLimit: "5/600s",
            environment: [
                // One event loop, so that it has the whole limit of an address.
                "SCORECAST_THREADS": "1", "SCORECAST_ADDRESS_RATE_LIMIT": "30/3000s",
                "SCORECAST_TRUSTED_PROXIES": "127.0.0.1", "SCORECAST_ALLOWED_ORIGINS": "https://game.example",
            ]))
    struct TwoWays {
        @Test("the same requests get the same status, fields and body by both ways", .timeLimit(.minutes(2)))
        func same() async throws {
            let cluster = try Cluster.ofSuite
            let rest = #"{"points":3,"boards":["global"],"cooldown_seconds":600}"#
            let admin = cluster.credentials.token("admin", role: "admin")
            #expect(try await cluster.put("/actions/rest", rest, token: admin).status == 201)
            let requests = Self.requests(count: 1000, cluster.credentials)
            let port = try cluster.port()
            // The limits of addresses cannot be reset, so the second way gets other addresses.
            let lane = try await Self.send(requests, to: "/update-score", from: "203.0.113", port: port)
            // The second way starts from the same state: no scores, no receipts, no limits, and open partitions.
            let forget = """
                for _, key in ipairs(redis.call('KEYS', '*')) do
                  if not key:find(':meta', 1, true) then redis.call('DEL', key) end
                end
                """
            _ = try await cluster.probe.command("EVAL", forget, "0")
            let ordinary = try await Self.send(requests, to: "/update-score/", from: "198.51.100", port: port)
            for (index, pair) in zip(lane, ordinary).enumerated() where pair.0 != pair.1 {
                Issue.record("\(requests[index].prefix(400))\nlane: \(pair.0)\nordinary: \(pair.1)")
                break
            }
            let statuses = Set(lane.map(\.status))
            #expect(statuses.isSuperset(of: [200, 400, 401, 403, 404, 409, 413, 415, 429]), "\(statuses)")
            let fields = Set(lane.flatMap(\.fields))
            for limit in ["user", "cooldown", "address"] {
                #expect(fields.contains { $0.hasPrefix("ratelimit-policy: \"\(limit)\"") }, "no \(limit) was met")
            }
            #expect(fields.contains("access-control-allow-origin: https://game.example"))
            #expect(!fields.contains { $0.hasPrefix("access-control-allow-origin") && $0.contains("evil") })
            #expect(lane.filter { $0.fields.contains("connection: close") }.map(\.status).contains(413))
        }

        private struct Answer: Equatable {
            var status: Int
            var fields: [String]
            var body: String

            /// The fields in a fixed order, without the time and values that depend on it.
            init(_ response: TinyHTTP.Response) {
                let timed: Set = ["date", "retry-after", "ratelimit"]
                status = response.status
                fields = response.headers.map { timed.contains($0.name) ? $0.name : "\($0.name): \($0.value)" }.sorted()
                body = response.text
            }
        }

        private static func send(
            _ requests: [String], to target: String, from network: String, port: Int
        ) async throws -> [Answer] {
            try await onThread {
                let client = KeepAliveClient(port: port)
                return try requests.map { request in
                    let text = "POST \(target) " + request.replacing(addressMark, with: network)
                    return Answer(try client.exchange(Array(text.utf8)))
                }
            }
        }

        /// A placeholder for the network of the addresses that requests come from.
        private static let addressMark = "<network>"

        /// Returns requests without their first two words. The same seed gives the same requests, except for ids and
        /// signatures.
        private static func requests(count: Int, _ credentials: Credentials) -> [String] {
            var random = SplitMix64(seed: 7)
            var used: [(user: String, id: String, score: Int64?)] = []
            return (0..<count).map { _ in
                let number = Int.random(in: 0..<60, using: &random)
                let user = "w\(number)"
                var message = Message(token: credentials.token(user))
                message.address = number
                message.isChunked = Int.random(in: 0..<5, using: &random) == 0
                message.origin = origins.randomElement(using: &random) ?? nil
                var id = credentials.actionID(user)
                var score: Int64?
                var body: String?
                let kind = Int.random(in: 0..<24, using: &random)
                switch kind {
                case 0: message.token = nil
                case 1: message.token = "x.y.z"
                case 2: message.token = credentials.jwt(claims: ["sub": .string(user), "exp": 1])
                case 3: message.types = types.randomElement(using: &random) ?? []
                case 4: id = credentials.actionID("other")
                case 5: id = credentials.actionID(user, key: Array(repeating: 1, count: 32))
                case 6: id = credentials.actionID(user, "nothing")
                case 7: message.token = credentials.token("other")
                case 8: message.token = credentials.token("server", role: "service")
                case 9: body = ["", "[]", "{", "null", "{}", #"{"user_id":7}"#].randomElement(using: &random)
                case 10: body = #"{"user_id":"a","user_id":"b","action_id":"c"}"#
                case 11: body = String(repeating: " ", count: 4097)
                case 12: (id, score) = (credentials.actionID(user, "race"), Int64.random(in: 0...1100, using: &random))
                case 13: (id, score) = (credentials.actionID(user, "kill", score: 3), 4)
                case 14: id = credentials.actionID(user, issuedAt: 1_000_000)
                case 15...17:
                    if let old = used.randomElement(using: &random) {
                        message.token = credentials.token(old.user)
                        body = Update.body(user: old.user, id: old.id, newScore: kind == 17 ? 77 : old.score)
                    }
                case 18: id = credentials.actionID(user, "rest")
                case 19, 20: message.address = 200
                case 22: message.token = credentials.token(user) + " \t "
                case 21: message.more = "Authorization: Bearer x.y.z\r\n"
                default: break
                }
                if body == nil { used.append((user, id, score)) }
                return message.text(body ?? Update.body(user: user, id: id, newScore: score), using: &random)
            }
        }

        private static let origins = [
            nil, nil, "https://game.example", "https://evil.example", "null", "HTTPS://GAME.EXAMPLE",
            "https://game.example \t",
        ]
        private static let types = [
            ["text/plain"], [], ["application/json; charset=utf-8"], ["Application/JSON"], ["application/jsonx"],
            ["application/json ; x"], ["application/json, text/plain"], ["text/plain", "application/json"],
            ["application/json", "text/plain"], [";application/json"],
        ]

        /// The parts of a request besides its body.
        private struct Message {
            var token: String?
            var types = ["application/json"]
            var origin: String?
            var address = 0
            var isChunked = false
            var more = ""

            init(token: String) { self.token = token }

            func text(_ body: String, using random: inout SplitMix64) -> String {
                var head = "HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 192.0.2.1, \(addressMark).\(address)\r\n\(more)"
                for type in types { head += "Content-Type: \(type)\r\n" }
                if let token { head += "Authorization: Bearer \(token)\r\n" }
                if let origin { head += "Origin: \(origin)\r\n" }
                guard isChunked else { return head + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)" }
                var rest = body[...]
                var chunks = ""
                while !rest.isEmpty {
                    let chunk = rest.prefix(Int.random(in: 1...(rest.utf8.count / 3 + 1), using: &random))
                    chunks += "\(String(chunk.utf8.count, radix: 16));x=y\r\n\(chunk)\r\n"
                    rest = rest[chunk.endIndex...]
                }
                return head + "Transfer-Encoding: chunked\r\n\r\n\(chunks)0\r\nX-Trailer: 1\r\n\r\n"
            }
        }
    }
}
