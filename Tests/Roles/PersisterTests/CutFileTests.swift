import Foundation
import Leaderboard
import LocalServers
import Persister
import RedisClient
import Storage
import TestSupport
import Testing

/// A kill of Redis can cut its append-only file within a transaction. Redis leaves that transaction out when it starts,
/// but the beginning stays in the file and would run at the next start.
@Suite(.timeLimit(.minutes(2)))
struct CutFileTests {
    /// Runs a test on a Redis that has just started with a file that was cut within the last update, of user `u1` in
    /// partition 1.
    private func withCutFile(_ body: (LocalRedis, Deployment) async throws -> Void) async throws {
        try await withPrivateRedis(durability: .always) { redis in
            try await withPostgres { postgres in
                try await withDeployment(redisURL: redis.url, postgresURL: postgres.url) { deployment async throws in
                    try await deployment.open()
                    let life = try deployment.start()
                    try await deployment.add(3, "before")
                    try await deployment.caughtUp()
                    await life.end()
                    try await deployment.apply(deployment.update(1, "u1", 5, "cut"), counts: false)
                    let seq = try await deployment.outbox.states()[1].seq
                    try await Self.restart(redis, deployment) { try Self.cut(redis) }
                    #expect(try await deployment.outbox.states()[1].seq == seq - 1, "the update is left out")
                    try await body(redis, deployment)
                }
            }
        }
    }

    private static func restart(
        _ redis: LocalRedis, _ deployment: Deployment, meanwhile: () throws -> Void = {}
    ) async throws {
        await redis.kill()
        try await eventually("it is noticed") { deployment.redis.connectionState.connected == 0 }
        try meanwhile()
        try await redis.restart()
        try await eventually("Redis is back") { deployment.redis.isConnected }
    }

    /// Cuts the last command before the last EXEC.
    private static func cut(_ redis: LocalRedis) throws {
        let folder = (redis.logPath as NSString).deletingLastPathComponent + "/data/appendonlydir"
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".incr.aof") })
        let path = URL(fileURLWithPath: folder + "/" + name)
        let text = try Data(contentsOf: path)
        let end = try #require(text.range(of: Data("*1\r\n$4\r\nEXEC".utf8), options: .backwards))
        try text[..<(end.lowerBound - 3)].write(to: path)
    }

    private func isRewritten(_ deployment: Deployment) async throws -> Bool {
        try await deployment.outbox.states().allSatisfy { $0.run != nil && $0.rewriting == nil }
    }

    @Test("What a cut file has of a transaction never runs")
    func neverRuns() async throws {
        try await withCutFile { redis, deployment async throws in
            let verifier = deployment.verifier()
            try await eventually("the file is rewritten") {
                guard try await verifier.verifyWhatCanBe() else { return false }
                return try await isRewritten(deployment)
            }
            try await deployment.apply(deployment.update(1, "u1", 7, "next"))
            try await Self.restart(redis, deployment)
            try await eventually("it is verified") { try await verifier.verifyWhatCanBe() }
            let life = try deployment.start()
            try await deployment.caughtUp()
            await life.end()
            try await deployment.expectAgreement()
        }
    }

    @Test("If Redis dies before its file is rewritten, its partitions are closed until they are rebuilt")
    func diesBefore() async throws {
        try await withCutFile { redis, deployment async throws in
            #expect(try await deployment.verifier().verifyWhatCanBe())
            #expect(try await deployment.outbox.states().allSatisfy { $0.rewriting != nil && $0.rewriting == $0.run })
            try await deployment.apply(deployment.update(1, "u1", 7, "next"), counts: false)
            try await Self.restart(redis, deployment)
            #expect(try await deployment.verifier().verifyWhatCanBe() == false)
            let life = try deployment.start()
            try await eventually("they wait for their rebuild") {
                try await deployment.outbox.states().allSatisfy { $0.epoch == nil && $0.awaitsRebuild }
            }
            await life.end()
        }
    }

    @Test("A Redis without a file, and one that may not be asked, are not waited for")
    func withoutAFile() async throws {
        for arguments in [["--appendonly", "no"], ["--rename-command", "BGREWRITEAOF", ""]] {
            try await withPrivateRedis(extraArguments: arguments) { redis in
                try await withPostgres { postgres in
                    try await withDeployment(redisURL: redis.url, postgresURL: postgres.url) {
                        deployment async throws in
                        try await deployment.open()
                        for keys in (0..<3).map({ PartitionKeys(partition: $0) }) {
                            try await deployment.redis.command("HSET", keys.meta, "run", "another")
                        }
                        let verifier = deployment.verifier()
                        #expect(try await verifier.verifyWhatCanBe())
                        #expect(try await isRewritten(deployment))
                    }
                }
            }
        }
    }
}
