import Foundation
import Leaderboard
import LocalServers
import NIOCore
import NIOPosix
import RedisClient
import Storage
import TestSupport
import Testing

/// The checks that each new connection makes of its Redis.
@Suite(.timeLimit(.minutes(2)))
struct RedisFitnessTests {
    private let own = String(repeating: "a", count: 32)
    private let others = String(repeating: "b", count: 32)

    /// One connection of a node: its configuration, and the result of the checks.
    private struct Attempt {
        let fitness: RedisFitness
        let error: RedisError?
    }

    private func connect(
        _ url: String, id: String?, change: (inout RedisConfiguration) -> Void = { _ in }
    ) async throws -> Attempt {
        var configuration = try RedisConfiguration(url: url)
        configuration.setKeyPrefix(nil)
        change(&configuration)
        let fitness = RedisFitness(configuration: configuration, writes: id != nil)
        if let id { fitness.deploymentIs(id) }
        let connector = try RedisConnector(
            configuration: configuration, scripts: Scripts.all, questions: fitness.questions)
        do {
            let connected = try await connector.connect(on: MultiThreadedEventLoopGroup.singleton.next()).get()
            try await connected.channel.close().get()
            return Attempt(fitness: fitness, error: nil)
        } catch let error as RedisError {
            return Attempt(fitness: fitness, error: error)
        }
    }

    private func run(_ server: LocalRedis, database: Int = 0, _ words: String...) async throws -> RESPValue {
        var reply = RESPValue.null
        try await withFixture(url: "\(server.url)/\(database)", isOpen: false) { fixture in
            reply = try await fixture.redis.command(words)
        }
        return reply
    }

    @Test func theFirstDeploymentHasThePlace() async throws {
        try await withPrivateRedis { server in
            let first = try await connect(server.url, id: own)
            #expect(first.error == nil && first.fitness.report.wasFit && first.fitness.report.refusal == nil)
            #expect(try await run(server, "GET", "{sc00}:deployment").string == own)
            // The same node connects again, and so does a second node of the same deployment.
            #expect(try await connect(server.url, id: own).error == nil)

            let stranger = try await connect(server.url, id: others)
            #expect(stranger.error?.message == "it holds the data of another deployment")
            let refusal = try #require(stranger.fitness.report.refusal)
            #expect(refusal.endsStart && !stranger.fitness.report.wasFit)
            for part in [own, others, "SCORECAST_REDIS_PREFIX", "{sc00}:deployment", "127.0.0.1"] {
                #expect(refusal.explanation.contains(part), "\(part)")
            }
            #expect(try await run(server, "GET", "{sc00}:deployment").string == own)
            #expect(try await run(server, "DBSIZE").int64 == 1)

            // With another prefix or in another database there is room for another deployment.
            #expect(try await connect(server.url, id: others) { $0.keyPrefix = "two:" }.error == nil)
            #expect(try await connect(server.url + "/1", id: others).error == nil)
            #expect(try await run(server, database: 1, "GET", "db1:{sc00}:deployment").string == others)

            // An emptied Redis gets the id again.
            _ = try await run(server, "FLUSHALL")
            #expect(try await connect(server.url, id: own).error == nil)
            #expect(try await run(server, "GET", "{sc00}:deployment").string == own)
        }
    }

    @Test func atOnceOneOfTwoDeploymentsWins() async throws {
        try await withPrivateRedis { server in
            let errors = try await withThrowingTaskGroup(of: RedisError?.self) { group in
                for number in 0..<20 {
                    group.addTask { try await connect(server.url, id: number % 2 == 0 ? own : others).error }
                }
                return try await group.reduce(into: [RedisError?]()) { $0.append($1) }
            }
            #expect(errors.count { $0 == nil } == 10)
        }
    }

    @Test func whatStandsInTheKeyIsNotRepeatedBlindly() async throws {
        try await withPrivateRedis { server in
            _ = try await run(server, "SET", "{sc00}:deployment", "x\u{1B}[2J" + String(repeating: "y", count: 1000))
            let attempt = try await connect(server.url, id: own)
            let text = try #require(attempt.fitness.report.refusal).explanation
            #expect(!text.contains("\u{1B}") && text.utf8.count < 1000)
            // A key of another type is not an id, and is not overwritten.
            _ = try await run(server, "DEL", "{sc00}:deployment")
            _ = try await run(server, "HSET", "{sc00}:deployment", "f", "v")
            #expect(try await connect(server.url, id: own).error != nil)
            #expect(try await run(server, "TYPE", "{sc00}:deployment").string == "hash")
        }
    }

    @Test func anEmptiedRedisThatAnotherTookIsLeft() async throws {
        try await withPrivateRedis { server in
            var configuration = try RedisConfiguration(url: server.url)
            configuration.setKeyPrefix(nil)
            let fitness = RedisFitness(configuration: configuration, writes: true)
            fitness.deploymentIs(own)
            let client = try RedisClient(
                configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                scripts: Scripts.all, questions: fitness.questions, logger: quietLogger)
            let running = Task { try await client.run() }
            defer { running.cancel() }
            try await client.waitUntilConnected(timeout: .seconds(20))
            // The connections stay open, so nothing asks again by itself.
            try await client.command("FLUSHALL")
            try await client.command("SET", "{sc00}:deployment", others)
            await fitness.askAgain(client)
            try await eventually("it is left") { client.connectionState.connected == 0 }
            #expect(fitness.report.refusal?.reason == "it holds the data of another deployment")
            #expect(fitness.report.wasFit)
            _ = try await run(server, "DEL", "{sc00}:deployment")
            try await client.waitUntilConnected(timeout: .seconds(20))
            #expect(fitness.report.refusal == nil)
            #expect(try await client.command("GET", "{sc00}:deployment").string == own)
        }
    }

    /// A node that only reads accepts a replica, but leaves a primary that becomes a replica.
    @Test func aReaderLeavesAPrimaryThatBecomesAReplica() async throws {
        try await withPrivateRedis { server in
            let configuration = try RedisConfiguration(url: server.url)
            let fitness = RedisFitness(configuration: configuration, writes: false)
            let client = try RedisClient(
                configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, connections: 1,
                scripts: Scripts.all, questions: fitness.questions, logger: quietLogger)
            let running = Task { try await client.run() }
            defer { running.cancel() }
            try await client.waitUntilConnected(timeout: .seconds(20))
            await fitness.askAgain(client)
            #expect(client.connectionState.generation == 1)
            _ = try await run(server, "REPLICAOF", "127.0.0.1", "1")
            await fitness.askAgain(client)
            try await eventually("it has looked again") { client.connectionState.generation == 2 && client.isConnected }
            // There is no other Redis, so the replica is accepted.
            await fitness.askAgain(client)
            #expect(client.isConnected && client.connectionState.generation == 2)
        }
    }

    @Test func policyAndWarnings() async throws {
        try await withPrivateRedis(extraArguments: ["--maxmemory-policy", "allkeys-lru"]) { server in
            for id in [own, nil] {
                let attempt = try await connect(server.url, id: id)
                let refusal = try #require(attempt.fitness.report.refusal)
                #expect(refusal.endsStart && refusal.explanation.contains("allkeys-lru"))
                #expect(attempt.error?.message.contains("noeviction") == true)
            }
            // Nothing was written, not even the deployment's id.
            #expect(try await run(server, "DBSIZE").int64 == 0)
            _ = try await run(server, "CONFIG", "SET", "maxmemory-policy", "noeviction")
            let mended = try await connect(server.url, id: own)
            #expect(mended.error == nil && mended.fitness.report.warnings == [])
            _ = try await run(server, "CONFIG", "SET", "appendonly", "no")
            #expect(try await connect(server.url, id: own).fitness.report.warnings.count == 1)
        }
    }

    /// Managed servers refuse `CONFIG`. `INFO` tells the same about the settings that matter most.
    @Test(arguments: ["-config", "-config -info"])
    func settingsWithoutTheRightToConfig(rules: String) async throws {
        let user = ["--user", "u", "on", ">p", "~*", "&*", "+@all"] + rules.split(separator: " ").map(String.init)
        try await withPrivateRedis(extraArguments: user) { server in
            let url = "redis://u:p@127.0.0.1:\(server.port)"
            let warnings = try await connect(url, id: nil).fitness.report.warnings
            #expect(warnings.count == (rules == "-config" ? 0 : 2), "\(warnings)")
            _ = try await run(server, "CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
            let refusal = try await connect(url, id: nil).fitness.report.refusal
            #expect((refusal?.endsStart ?? false) == (rules == "-config"))
        }
    }

    @Test func whatIsPromisedIsToldToNodesThatAnswer() async throws {
        try await withPrivateRedis { server in
            for (answers, count) in [(RedisSettings.Answers.applied, 1), (.persisted, 0), (.never, 0)] {
                var configuration = try RedisConfiguration(url: server.url)
                configuration.setKeyPrefix(nil)
                let fitness = RedisFitness(configuration: configuration, writes: true, answers: answers)
                fitness.deploymentIs(own)
                let connector = try RedisConnector(
                    configuration: configuration, scripts: Scripts.all, questions: fitness.questions)
                let connected = try await connector.connect(on: MultiThreadedEventLoopGroup.singleton.next()).get()
                try await connected.channel.close().get()
                #expect(fitness.report.notes.count == count && fitness.report.warnings.isEmpty)
            }
        }
    }

    // MARK: - While the database is away

    @Test func withoutTheDatabaseTheIDInRedisIsBelieved() async throws {
        try await withPrivateRedis { server in
            var configuration = try RedisConfiguration(url: server.url)
            configuration.setKeyPrefix(nil)
            let fitness = RedisFitness(configuration: configuration, writes: true)
            let connector = try RedisConnector(
                configuration: configuration, scripts: Scripts.all, questions: fitness.questions)
            let loop = MultiThreadedEventLoopGroup.singleton.next()
            // A Redis that belongs to nobody is not taken.
            let error = await #expect(throws: RedisError.self) { try await connector.connect(on: loop).get() }
            #expect(error?.message.contains("belongs to no deployment yet") == true)
            #expect(try await run(server, "DBSIZE").int64 == 0)
            #expect(!fitness.report.wasFit && fitness.report.refusal == nil)

            _ = try await run(server, "SET", "{sc00}:deployment", own)
            try await connector.connect(on: loop).get().channel.close().get()
            #expect(fitness.report.wasFit)
            // One that belongs to others than the first is not, and neither is one that was emptied.
            _ = try await run(server, "SET", "{sc00}:deployment", others)
            await #expect(throws: RedisError.self) { try await connector.connect(on: loop).get() }
            #expect(fitness.report.refusal?.reason == "it holds the data of another deployment")
            _ = try await run(server, "DEL", "{sc00}:deployment")
            await #expect(throws: RedisError.self) { try await connector.connect(on: loop).get() }
            #expect(try await run(server, "DBSIZE").int64 == 0)
            // The database has the last word.
            fitness.deploymentIs(others)
            try await connector.connect(on: loop).get().channel.close().get()
            #expect(try await run(server, "GET", "{sc00}:deployment").string == others)
            #expect(fitness.report.refusal == nil)
        }
    }

    @Test func aDatabaseThatComesBackAndSaysOtherwiseEndsTheConnections() async throws {
        try await withPrivateRedis { server in
            _ = try await run(server, "SET", "{sc00}:deployment", others)
            var configuration = try RedisConfiguration(url: server.url)
            configuration.setKeyPrefix(nil)
            let fitness = RedisFitness(configuration: configuration, writes: true)
            let client = try RedisClient(
                configuration: configuration, eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                scripts: Scripts.all, questions: fitness.questions, logger: quietLogger)
            let running = Task { try await client.run() }
            defer { running.cancel() }
            try await client.waitUntilConnected(timeout: .seconds(20))
            fitness.deploymentIs(own)
            await fitness.askAgain(client)
            try await eventually("it is left") { client.connectionState.connected == 0 }
            #expect(fitness.report.refusal?.reason == "it holds the data of another deployment")
        }
    }

    // MARK: - Rights

    @Test(arguments: [
        ("-zadd", "+zadd"), ("-time", "+time"), ("-xread", "+xread"), ("-publish", "+publish"),
        ("resetchannels", "+publish"), ("resetkeys", "NOPERM"), ("-evalsha", "NOPERM"),
    ])
    func aMissingRightIsSaidBeforeAnythingIsWritten(rule: String, missing: String) async throws {
        let user = ["--user", "u", "on", ">p", "~*", "&*", "+@all", rule]
        try await withPrivateRedis(extraArguments: user) { server in
            let attempt = try await connect("redis://u:p@127.0.0.1:\(server.port)", id: own)
            let refusal = try #require(attempt.fitness.report.refusal)
            #expect(!refusal.endsStart)
            #expect(refusal.explanation.contains(missing), "\(refusal.explanation)")
            #expect(try await run(server, "DBSIZE").int64 == 0)
        }
    }

    @Test func aRenamedCommandIsSaid() async throws {
        try await withPrivateRedis(extraArguments: ["--rename-command", "ZADD", "zzz"]) { server in
            let attempt = try await connect(server.url, id: own)
            #expect(attempt.fitness.report.refusal?.explanation.contains("zadd") == true)
        }
    }

    /// The Redis user of the docs has every right that a deployment needs, and its patterns cover every name,
    /// including the prefixes that the docs describe.
    @Test(arguments: [("", 0, ""), ("game1:", 0, "game1:"), ("game1:", 3, "game1:db3:"), ("db3:", 3, "db3:")])
    func theUserOfTheDocs(prefix: String, database: Int, channelPrefix: String) async throws {
        let docs = try String(contentsOf: Checkout.root.appending(path: "docs/operations.md"), encoding: .utf8)
        let match = try #require(docs.firstMatch(of: /ACL SETUSER scorecast on >PASSWORD ([^`]+)/))
        let rules = match.output.1.split(whereSeparator: \.isWhitespace).map { word in
            switch word {
            case "~{sc*": "~\(prefix){sc*"
            case "&{sc*": "&\(channelPrefix){sc*"
            default: String(word)
            }
        }
        try await withPrivateRedis(extraArguments: ["--user", "scorecast", "on", ">PASSWORD"] + rules) { server in
            let url = "redis://scorecast:PASSWORD@127.0.0.1:\(server.port)/\(database)"
            for id in [own, nil] {
                let attempt = try await connect(url, id: id) { $0.keyPrefix = prefix }
                #expect(attempt.error == nil, "\(attempt.fitness.report)")
            }
            try await withFixture(url: url, change: { $0.keyPrefix = prefix }) { fixture in
                try await fixture.add("u1", 5, "s1")
                #expect(try await fixture.all().map(\.score) == [5])
                #expect(await fixture.outbox.whyNotWritable() == nil)
                #expect(try await fixture.outbox.measure().bytes > 0)
                let read = try await fixture.outbox.read(after: [0: 0], limit: 10, waitMilliseconds: 100)
                #expect(read.map(\.events.count) == [1])
                #expect(try await fixture.outbox.signatures(at: [0: 1]) == [0: "s1"])
                try await fixture.outbox.trim(partition: 0, through: 0)
                let feed = try RedisTopFeed(
                    configuration: fixture.configuration, partitioning: fixture.partitioning,
                    eventLoop: MultiThreadedEventLoopGroup.singleton.next(), logger: quietLogger)
                let canary = FeedCanary(feed: feed, redis: fixture.redis, logger: quietLogger)
                let running = [Task { try await feed.run() }, Task { try await canary.run() }]
                defer { for task in running { task.cancel() } }
                try await eventually("messages arrive") { canary.proof.whyLate == nil }
                try await fixture.outbox.close(partition: 0)
            }
        }
    }
}
