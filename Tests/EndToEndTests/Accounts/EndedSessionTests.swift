import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    /// Sessions that ended, on three nodes, whatever happens to the stores.
    @Suite("Ended sessions", .timeLimit(.minutes(4)))
    struct EndedSessions {
        @Test("a session that ended in Postgres is refused on all nodes within 2 s, and its private socket closes")
        func ends() async throws {
            try await CredentialNodes.run { nodes in
                let (ended, live) = (nodes.session(), nodes.session())
                try await nodes.allAnswer(200, ended.credential)
                try await nodes.allAnswer(200, live.credential)
                let gateway = try #require(nodes.cluster.gateways.first).port
                func open(_ credential: CredentialNodes.Credential) async throws -> [MessageLog] {
                    let token = String(credential.fields[0].1.dropFirst("Bearer ".count))
                    let logs = try await MessageLog.both(port: gateway, "?board=club", token: token)
                    for log in logs { try await eventually("it is open") { !log.state.messages.isEmpty } }
                    return logs
                }
                let (closing, staying) = (try await open(ended.credential), try await open(live.credential))
                try await nodes.end(ended.id)
                let endedAt = ContinuousClock.now
                try await nodes.allAnswer(401, ended.credential)
                try await eventually("its sockets close", timeout: .seconds(5) + EndToEnd.machineSlack) {
                    closing.allSatisfy(\.state.ended)
                }
                #expect(ContinuousClock.now - endedAt < .seconds(5) + EndToEnd.machineSlack)
                #expect(closing.compactMap(\.state.closeCode) == [4401])
                #expect(closing.allSatisfy { $0.error == "unauthorized" })
                try await nodes.allAnswer(200, live.credential)
                #expect(staying.allSatisfy { !$0.state.ended })
                for log in closing + staying { log.stop() }
            }
        }

        /// What happens to Redis.
        enum Loss: CaseIterable, Sendable {
            case restart, flush, emptyFile
        }

        @Test("a Redis that restarts or loses its data lets no ended session in", arguments: Loss.allCases)
        func redisLoss(_ loss: Loss) async throws {
            try await CredentialNodes.run { nodes in
                let (ended, live) = (nodes.session(), nodes.session())
                try await nodes.end(ended.id)
                try await nodes.allAnswer(401, ended.credential)
                let cluster = nodes.cluster
                try await nodes.neverAccepted(ended.credential) {
                    switch loss {
                    case .restart:
                        await cluster.redis.kill()
                        try await cluster.redis.restart()
                    case .flush: _ = try await cluster.probe.command("FLUSHALL")
                    case .emptyFile:
                        let folder = try #require(try await cluster.probe.command("CONFIG", "GET", "dir").texts.last)
                        await cluster.redis.kill()
                        try FileManager.default.removeItem(atPath: folder + "/appendonlydir")
                        try await cluster.redis.restart()
                    }
                    try await nodes.allAnswer(200, live.credential, within: .seconds(60))
                    try await Task.sleep(for: .seconds(2))
                }
                // A session that ends afterwards is refused as well.
                try await nodes.end(live.id)
                try await nodes.allAnswer(401, live.credential)
            }
        }

        @Test("while Postgres is away sessions go on; if Redis loses the list meanwhile, only tokens without one do")
        func postgresAway() async throws {
            try await CredentialNodes.run { nodes in
                let (ended, live) = (nodes.session(), nodes.session())
                let plain = CredentialNodes.Credential.token(nodes.cluster.credentials.token("anybody"))
                try await nodes.end(ended.id)
                try await nodes.allAnswer(401, ended.credential)
                await nodes.cluster.postgres.kill()
                let end = ContinuousClock.now + .seconds(4)
                while ContinuousClock.now < end {
                    #expect(await nodes.statuses(live.credential) == [200, 200, 200])
                    #expect(await nodes.statuses(ended.credential) == [401, 401, 401])
                    try await Task.sleep(for: .milliseconds(100))
                }
                _ = try await nodes.cluster.probe.command("DEL", "{sc00}:credentials", "{sc00}:revoked")
                try await nodes.allAnswer(503, live.credential, within: .seconds(3) + EndToEnd.machineSlack)
                #expect(await nodes.statuses(plain) == [200, 200, 200])
                #expect(await nodes.statuses(ended.credential) == [401, 401, 401], "they remember it")
                for node in nodes.cluster.apis {
                    #expect(try await TinyHTTP.request(port: node.port, "/readyz").status == 200)
                }
                try await nodes.neverAccepted(ended.credential) {
                    try await nodes.cluster.postgres.restart()
                    try await nodes.allAnswer(200, live.credential, within: .seconds(20))
                }
            }
        }
    }
}
