import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    @Suite("POST /update-score: over the rate", .apiNodes(2, rateLimit: "5/5s"))
    struct LimitErrors {
        @Test(
            "429 rate_limited says when to come back; then the same request counts; others and replays are not limited")
        func rateLimited() async throws {
            let cluster = try Cluster.ofSuite
            var ids: [String] = []
            for number in 0..<5 {
                ids.append(cluster.credentials.actionID("fast"))
                #expect(try await cluster.update("fast", id: ids[number], node: number).status == 200)
            }
            let next = cluster.credentials.actionID("fast")
            var wait = 0
            try await Attempt.expectNothingChanges {
                for node in 0..<2 {
                    let answer = try await cluster.update("fast", id: next, node: node)
                    #expect(ErrorForm.fault(in: answer, status: 429, code: "rate_limited") == nil)
                    wait = try Self.retryAfter(answer)
                }
                // A retry with the same action id does not count against any limit.
                for id in ids {
                    let again = try await cluster.update("fast", id: id)
                    #expect(again.status == 200)
                    #expect(try again.json["replayed"] == true)
                }
            }
            #expect(try await cluster.update("slow").status == 200)
            let limited = ContinuousClock.now
            try await eventually("Retry-After has passed") { ContinuousClock.now >= limited + .seconds(wait) }
            let answer = try await cluster.update("fast", id: next)
            #expect(answer.status == 200)
            #expect(try answer.json["new_score"] == 30 && answer.json["replayed"] == false)
        }

        /// Checks the fields of a 429 (RFC 9110, and draft-ietf-httpapi-ratelimit-headers): `q` and `w` are the
        /// policy's quota and window in seconds, `r` is the rest, and `t` the seconds until there is more.
        private static func retryAfter(_ answer: TinyHTTP.Response) throws -> Int {
            let wait = try #require(Int(answer.header("retry-after") ?? ""), "Retry-After must be whole seconds")
            #expect((1...5).contains(wait))
            let policy = try #require(answer.header("ratelimit-policy"))
            #expect(policy.contains(/^"[^"]+";q=5;w=5$/), "\(policy)")
            let state = try #require(answer.header("ratelimit"))
            #expect(state.contains(/^"[^"]+";r=0;t=[1-5]$/), "\(state)")
            #expect(policy.prefix { $0 != ";" } == state.prefix { $0 != ";" })
            return wait
        }
    }

    @Suite("POST /update-score: without Redis", .apiNodes())
    struct UnavailableErrors {
        @Test("503 unavailable while Redis is stopped or gone; the retry counts once", .timeLimit(.minutes(1)))
        func unavailable() async throws {
            let cluster = try Cluster.ofSuite
            let first = cluster.credentials.actionID("u1")
            let pid = try #require(await cluster.redis.pid)
            // Redis takes the command but does not answer, so the outcome is unknown.
            kill(pid, SIGSTOP)
            let unknown = try await cluster.update("u1", id: first)
            kill(pid, SIGCONT)
            #expect(Self.fault(unknown) == nil)
            try await eventually("the retry is acknowledged") {
                try await cluster.update("u1", id: first).status == 200
            }

            await cluster.redis.kill()
            let second = cluster.credentials.actionID("u1")
            let start = ContinuousClock.now
            let gone = try await cluster.update("u1", id: second)
            #expect(Self.fault(gone) == nil)
            #expect(ContinuousClock.now - start < .seconds(5))
            // Requests that need no Redis are refused as usual.
            let other = try await cluster.update("u1", id: cluster.credentials.actionID("u2"))
            #expect(
                ErrorForm.fault(in: other, status: 403, code: "suspicious_activity", message: Sentence.suspicious)
                    == nil)
            try await cluster.redis.restart()
            // Nobody has compared this Redis with the ledger, so it takes no updates yet.
            try await eventually("the node waits for a persister") {
                try await TinyHTTP.request(port: cluster.apis[0].port, "/readyz").text
                    .contains("wait for a persister to verify this Redis")
            }
            let waiting = try await cluster.update("u1", id: second)
            #expect(Self.fault(waiting) == nil)
            try await cluster.startNode("persister")
            try await eventually("the retry is acknowledged") {
                try await cluster.update("u1", id: second).status == 200
            }
            var standings: [Standing] = []
            try await eventually("reads are answered too") {
                standings = try await cluster.leaderboard()
                return true
            }
            #expect(standings == [Standing(user: "u1", score: 10)])
        }

        private static func fault(_ answer: TinyHTTP.Response) -> String? {
            guard let wait = Int(answer.header("retry-after") ?? ""), wait >= 0 else { return "no Retry-After" }
            return ErrorForm.fault(in: answer, status: 503, code: "unavailable")
        }
    }
}
