import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// Redis runs, but serves nobody for a while: it loads its data, runs an endless script, or cannot save.
    @Suite("POST /update-score: Redis is LOADING, BUSY, or MISCONF", .timeLimit(.minutes(2)))
    struct RedisPauses {
        /// The score of a new user after the first kill.
        private static let score: JSON = 5

        /// Updates of different users, which are sent during the fault and again after it.
        private struct Attempts {
            let cluster: Cluster
            let ids: [(user: String, id: String)]

            init(_ cluster: Cluster, _ name: String) {
                self.cluster = cluster
                ids = (0..<8).map { number in
                    let user = "\(name)-\(number)"
                    return (user, cluster.credentials.actionID(user))
                }
            }

            /// Sends all updates at once. Each must be refused with a time to come back.
            func areRefused() async throws {
                try await withThrowingTaskGroup(of: TinyHTTP.Response.self) { group in
                    for (user, id) in ids { group.addTask { try await cluster.update(user, id: id) } }
                    for try await answer in group {
                        #expect(ErrorForm.fault(in: answer, status: 503, code: "unavailable") == nil)
                        #expect(answer.header("retry-after") != nil)
                    }
                }
            }

            /// Sends the updates again: within 2 s each counts exactly once and is then replayed, on any of the node's
            /// connections, whatever happened before.
            func count(since end: ContinuousClock.Instant) async throws {
                for isReplay in [false, true] {
                    for (user, id) in ids {
                        let answer = try await answer(to: user, id)
                        #expect(ContinuousClock.now - end < .seconds(2) + EndToEnd.machineSlack)
                        #expect(try answer.json["replayed"] == .bool(isReplay))
                        #expect(try answer.json["new_score"] == RedisPauses.score)
                    }
                }
            }

            /// Returns the first answer that is not a 503.
            private func answer(to user: String, _ id: String) async throws -> TinyHTTP.Response {
                var answer = try await cluster.update(user, id: id)
                try await eventually("the update is applied", timeout: .seconds(2) + EndToEnd.machineSlack) {
                    if answer.status == 503 { answer = try await cluster.update(user, id: id) }
                    return answer.status != 503
                }
                #expect(answer.status == 200)
                return answer
            }
        }

        /// Waits until Redis answers a command with this error.
        private static func answers(_ code: String, _ cluster: Cluster) async throws {
            try await eventually("Redis answers \(code)", every: .milliseconds(5)) {
                do {
                    _ = try await cluster.probe.command("GET", "nothing")
                    return false
                } catch let failure as RedisProbe.Failure {
                    return failure.reply.hasPrefix(code)
                }
            }
        }

        private static func plan(_ redisArguments: [String] = []) -> Cluster.Plan {
            var plan = Cluster.Plan()
            plan.apis = 1
            plan.gateways = 0
            plan.persisters = 0
            plan.durability = .always
            plan.redisArguments = redisArguments
            return plan
        }

        @Test("BUSY: an endless script, which is then killed")
        func busy() async throws {
            try await Cluster.run(Self.plan(["--busy-reply-threshold", "50"])) { cluster in
                #expect(try await cluster.update("u1").status == 200)
                let attempts = Attempts(cluster, "busy")
                let before = try await cluster.probe.digest()
                async let script = try? cluster.probe.command("EVAL", "while true do end", "0")
                try await Self.answers("BUSY", cluster)
                try await attempts.areRefused()
                let reading = try await cluster.get("/leaderboard")
                #expect(ErrorForm.fault(in: reading, status: 503, code: "unavailable") == nil)
                _ = try await cluster.probe.command("SCRIPT", "KILL")
                let end = ContinuousClock.now
                #expect(await script == nil)
                #expect(try await cluster.probe.digest() == before)
                try await attempts.count(since: end)
            }
        }

        @Test("MISCONF: a snapshot failed, and Redis accepts no writes until one succeeds")
        func misconf() async throws {
            try await Cluster.run(Self.plan()) { cluster in
                #expect(try await cluster.update("u1").status == 200)
                let attempts = Attempts(cluster, "misconf")
                _ = try await cluster.probe.command("CONFIG", "SET", "save", "3600 1")
                // A file cannot be renamed to the name of a folder.
                let folder = try await cluster.probe.command("CONFIG", "GET", "dir").texts.last ?? ""
                let obstacle = folder + "/dump.rdb"
                try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
                try await Self.save(cluster, status: "err")
                let before = try await cluster.probe.digest()
                try await attempts.areRefused()
                // Reads still work.
                #expect(try await cluster.get("/leaderboard").status == 200)
                #expect(try await cluster.probe.digest() == before)
                try FileManager.default.removeItem(atPath: obstacle)
                try await Self.save(cluster, status: "ok")
                try await attempts.count(since: .now)
                try await Self.expectOneLine(cluster)
            }
        }

        /// Expects one line when refusals begin and one when they end, however many updates were refused.
        private static func expectOneLine(_ cluster: Cluster) async throws {
            let node = try #require(cluster.apis.first)
            try await eventually("the end is told") {
                _ = try await cluster.update("u1")
                return node.log.contains("Score updates are applied again")
            }
            let lines = node.log.split(separator: "\n").filter { $0.contains("Score updates") }
            #expect(lines.count == 2, "\(lines)")
            #expect(lines.first?.contains("MISCONF") == true, "\(lines)")
        }

        private static func save(_ cluster: Cluster, status: String) async throws {
            _ = try await cluster.probe.command("BGSAVE")
            try await eventually("the snapshot has ended") {
                guard case .text(let info) = try await cluster.probe.command("INFO", "persistence") else {
                    return false
                }
                return info.contains("rdb_bgsave_in_progress:0")
                    && info.contains("rdb_last_bgsave_status:\(status)")
            }
        }

        /// The time to load one key, in microseconds. For all keys this takes seconds, long enough for the slowest test
        /// machine.
        private static let slowKey = "40000"
        /// Redis serves clients in between.
        private static let slowLoading = ["--loading-process-events-interval-bytes", "1024"]

        private static func fill(_ cluster: Cluster) async throws {
            let fill = "for i = 1, 200 do redis.call('SET', 'ballast:' .. i, string.rep('x', 2000)) end"
            _ = try await cluster.probe.command("EVAL", fill, "0")
        }

        /// Loads the rest at once.
        private static func loadFast(_ cluster: Cluster) async throws {
            _ = try await cluster.probe.command("CONFIG", "SET", "key-load-delay", "0")
        }

        @Test("LOADING: Redis reads its data again, while connections stay open")
        func reloading() async throws {
            try await Cluster.run(Self.plan(Self.slowLoading)) { cluster in
                #expect(try await cluster.update("u1").status == 200)
                try await Self.fill(cluster)
                _ = try await cluster.probe.command("CONFIG", "SET", "key-load-delay", Self.slowKey)
                let attempts = Attempts(cluster, "reloading")
                let before = try await cluster.probe.digest()
                async let reload = cluster.probe.command("DEBUG", "RELOAD")
                try await Self.answers("LOADING", cluster)
                try await attempts.areRefused()
                try await Self.loadFast(cluster)
                #expect(try await reload == .text("OK"))
                let end = ContinuousClock.now
                #expect(try await cluster.probe.digest() == before)
                try await attempts.count(since: end)
            }
        }

        @Test("LOADING: Redis restarts, and loads for seconds")
        func restarting() async throws {
            var plan = Self.plan(Self.slowLoading + ["--key-load-delay", Self.slowKey])
            // A Redis that has restarted takes no updates before a persister has verified it.
            plan.persisters = 1
            try await Cluster.run(plan) { cluster in
                #expect(try await cluster.update("u1").status == 200)
                try await Self.fill(cluster)
                // Redis serves clients often enough only while it loads the base of its append-only file.
                _ = try await cluster.probe.command("BGREWRITEAOF")
                try await eventually("the append-only file is rewritten") {
                    guard case .text(let info) = try await cluster.probe.command("INFO", "persistence") else {
                        return false
                    }
                    return info.contains("aof_rewrite_in_progress:0") && info.contains("aof_rewrite_scheduled:0")
                }
                let attempts = Attempts(cluster, "restarting")
                let before = try await cluster.probe.contents()
                await cluster.redis.kill()
                async let restart: Void = cluster.redis.restart()
                try await Self.answers("LOADING", cluster)
                try await attempts.areRefused()
                try await Self.loadFast(cluster)
                try await restart
                let end = ContinuousClock.now
                #expect(try await cluster.probe.contents() == before)
                try await attempts.count(since: end)
            }
        }
    }
}
