import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// The end of a session reaches every node, whatever happens to Redis.
    @Suite("Sessions that end", .timeLimit(.minutes(5)))
    struct SessionEnds {
        private static let reach = Duration.seconds(2) + EndToEnd.machineSlack

        /// The answers of all nodes to a token: an update, a private reading and a handshake need none of the others.
        private static func statuses(_ cluster: Cluster, _ player: Player) async throws -> [Int] {
            var statuses: [Int] = []
            for node in 0..<2 {
                statuses.append(try await cluster.update(player.id, token: player.access, node: node).status)
                statuses.append(
                    try await cluster.get("/leaderboard?board=club", token: player.access, node: node).status)
            }
            for node in 0..<2 {
                let me = try await cluster.call(
                    "GET", "/users/me", bearer: player.access, port: cluster.accounts(node))
                statuses.append(me.status)
            }
            return statuses
        }

        private static func isRefusedEverywhere(
            _ cluster: Cluster, _ player: Player, since start: ContinuousClock.Instant
        )
            async throws
        {
            try await eventually("all nodes refuse the token", timeout: reach, every: .milliseconds(100)) {
                try await statuses(cluster, player).allSatisfy { $0 == 401 }
            }
            let gateway = try #require(cluster.gateways.first).port
            let socket = await MessageLog.open(port: gateway, "?board=club", token: player.access)
            try await eventually("the gateway refuses it") { socket.state.ended }
            #expect(socket.state.closeCode == 4401)
            #expect(ContinuousClock.now - start < reach + .seconds(1))
        }

        private static func run(_ body: (Cluster, Player, MessageLog) async throws -> Void) async throws {
            try await Cluster.withAccounts { cluster in
                try await cluster.makeBoard("club", #"{"visibility":"private"}"#)
                let player = try await cluster.register()
                let gateway = try #require(cluster.gateways.first).port
                _ = try await cluster.entries("club", token: player.access)
                _ = try await cluster.entries("club", token: player.access, node: 1)
                var socket = await MessageLog.open(port: gateway, "?board=club", token: player.access)
                // A gateway learns of a new board within two seconds.
                try await eventually("the private room is open") {
                    if socket.state.ended {
                        socket = await MessageLog.open(port: gateway, "?board=club", token: player.access)
                    }
                    return socket.types.contains("snapshot")
                }
                #expect(try await statuses(cluster, player).allSatisfy { $0 == 200 })
                try await body(cluster, player, socket)
            }
        }

        @Test("logout: refused on all nodes within 2 s, the private socket closes with 4401 within 5 s")
        func logout() async throws {
            try await Self.run { cluster, player, socket in
                let start = ContinuousClock.now
                #expect(try await cluster.call("POST", "/auth/logout", bearer: player.access).status == 204)
                try await Self.isRefusedEverywhere(cluster, player, since: start)
                try await eventually("the socket is closed", timeout: .seconds(5) + EndToEnd.machineSlack) {
                    socket.state.ended
                }
                #expect(socket.state.closeCode == 4401)
            }
        }

        @Test("a ban: refused everywhere, also after the login")
        func ban() async throws {
            try await Self.run { cluster, player, socket in
                let start = ContinuousClock.now
                let ban = try await cluster.call(
                    "POST", "/users/\(player.id)/ban", #"{"reason":"cheats"}"#, bearer: cluster.adminToken)
                #expect((200..<300).contains(ban.status), "\(ban.text)")
                try await Self.isRefusedEverywhere(cluster, player, since: start)
                try await eventually("the socket is closed", timeout: .seconds(5) + EndToEnd.machineSlack) {
                    socket.state.ended
                }
                #expect(socket.state.closeCode == 4401)
                let login = try await cluster.login(player.username, player.password)
                #expect(ErrorForm.fault(in: login, status: 403, code: "forbidden") == nil, "\(login.text)")
                let unban = try await cluster.call(
                    "POST", "/users/\(player.id)/unban", "{}", bearer: cluster.adminToken)
                #expect((200..<300).contains(unban.status), "\(unban.text)")
                #expect(try await cluster.login(player.username, player.password).status == 200)
            }
        }

        @Test("Redis loses everything after a logout: the token is never accepted again")
        func redisIsEmptied() async throws {
            try await Self.run { cluster, player, _ in
                #expect(try await cluster.call("POST", "/auth/logout", bearer: player.access).status == 204)
                try await Self.isRefusedEverywhere(cluster, player, since: .now)
                await cluster.redis.kill()
                let folder = (cluster.redis.logPath as NSString).deletingLastPathComponent
                try FileManager.default.removeItem(atPath: folder + "/data/appendonlydir")
                try await cluster.redis.restart()
                let end = ContinuousClock.now + .seconds(8)
                while ContinuousClock.now < end {
                    for status in try await Self.statuses(cluster, player) {
                        #expect(status == 401 || status == 503)
                    }
                    try await Task.sleep(for: .milliseconds(100))
                }
                let fresh = try await cluster.register()
                try await eventually("live sessions are known again", timeout: .seconds(20)) {
                    try await cluster.call("GET", "/users/me", bearer: fresh.access).status == 200
                }
                #expect(try await cluster.call("GET", "/users/me", bearer: player.access).status == 401)
            }
        }

        @Test("without Postgres, live sessions go on, and so do the ended ones")
        func postgresIsAway() async throws {
            try await Self.run { cluster, player, _ in
                let other = try await cluster.register()
                #expect(try await cluster.call("POST", "/auth/logout", bearer: other.access).status == 204)
                try await eventually("it is refused") {
                    try await cluster.update(other.id, token: other.access).status == 401
                }
                await cluster.postgres.kill()
                for node in [0, 1, 0, 1] {
                    #expect(try await cluster.update(player.id, token: player.access, node: node).status == 200)
                    #expect(try await cluster.update(other.id, token: other.access, node: node).status == 401)
                    try await Task.sleep(for: .milliseconds(700))
                }
            }
        }
    }
}
