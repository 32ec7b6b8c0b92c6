import LocalServers
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import RedisClient
import TestSupport
import Testing

/// Servers that accept connections but cannot be used: a server that became a replica, a server that was a replica from
/// the start, or a server that the owner's questions refuse.
@Suite(.timeLimit(.minutes(1)))
struct RedisServingTests {
    @Test func nagleIsOffOnEveryConnection() async throws {
        let server = try await RedisTestServer()
        defer { server.stop() }
        try await withClient(server.configuration, connections: 2) { client async throws in
            let count = client.connectionState.total
            #expect(SocketOptions.noDelay(peer: server.port) == Array(repeating: true, count: count))
        }
    }

    @Test(arguments: [
        ("READONLY", 0, true), ("UNBLOCKED", 0, true), ("MASTERDOWN", 0, true), ("LOADING", 0, true),
        ("NOREPLICAS", 4999, false), ("NOREPLICAS", 5000, true), ("NOPERM", 60_000, false), ("OOM", 60_000, false),
        ("BUSY", 60_000, false), ("MISCONF", 60_000, false), ("ERR", 60_000, false),
        ("NOSCRIPT", 60_000, false), ("WRONGTYPE", 60_000, false),
    ])
    func whatARefusalMeans(code: String, ageMilliseconds: Int64, isOver: Bool) {
        #expect(RedisServing.isOver(code: code, age: .milliseconds(ageMilliseconds)) == isOver)
    }

    @Test func whatAServerSaysOfItself() {
        func facts(_ mode: String, _ role: String) -> RedisServerFacts {
            let words = ["server", "redis", "version", "7.0.15", "mode", mode, "role", role]
            return RedisServerFacts(
                hello: .array(
                    words.map { .bulkString(Array($0.utf8)) } + [.bulkString(Array("modules".utf8)), .array([])]))
        }
        #expect(facts("standalone", "master").version == "7.0.15")
        #expect(facts("standalone", "master").refusal(requiresPrimary: true) == nil)
        #expect(facts("standalone", "replica").refusal(requiresPrimary: false) == nil)
        #expect(facts("standalone", "replica").refusal(requiresPrimary: true)?.contains("replica") == true)
        #expect(facts("cluster", "master").refusal(requiresPrimary: false)?.contains("Cluster") == true)
        #expect(facts("sentinel", "sentinel").refusal(requiresPrimary: false)?.contains("Sentinel") == true)
        // A server that does not tell its role is not refused here. Its later replies decide.
        for reply in [RESPValue.null, .array([]), .array([.integer(1)]), .simpleString(Array("OK".utf8))] {
            #expect(RedisServerFacts(hello: reply).refusal(requiresPrimary: true) == nil)
        }
    }

    // MARK: - A server that becomes a replica

    @Test func aDemotedServerIsLeftAndTakenAgain() async throws {
        let server = try await RedisTestServer()
        defer { server.stop() }
        var configuration = server.configuration
        configuration.requiresPrimary = true
        try await withClient(configuration, connections: 2) { client async throws in
            let generation = client.connectionState.generation
            try server.cli("REPLICAOF", "127.0.0.1", "1")
            // Commands in flight still get their own replies: only the write is refused.
            let replies = try await client.pipeline([["SET", "a", "1"], ["GET", "a"], ["ECHO", "x"]])
            #expect(replies.map { $0.error?.code } == ["READONLY", nil, nil])
            try await eventually {
                _ = try? await client.command("SET", "a", "1")
                return client.connectionState.connected == 0
            }
            try await eventually { client.trouble?.message.contains("replica") == true }
            let error = await #expect(throws: RedisError.self) { try await client.command("GET", "a") }
            #expect(error?.code == .notConnected)
            try server.cli("REPLICAOF", "NO", "ONE")
            try await eventually { client.isConnected }
            #expect(client.trouble == nil)
            #expect(client.connectionState.generation >= generation + UInt64(client.connectionState.total))
            try await client.command("SET", "a", "2")
        }
    }

    @Test func peersLeaveWithIt() async throws {
        let server = try await RedisTestServer()
        defer { server.stop() }
        let peers = RedisPeers()
        let group = MultiThreadedEventLoopGroup.singleton
        let first = try RedisClient(
            configuration: server.configuration, eventLoopGroup: group, connections: 1, peers: peers,
            logger: quietLogger)
        let second = try RedisClient(
            configuration: server.configuration, eventLoopGroup: group, connections: 1, peers: peers,
            logger: quietLogger)
        let live = NIOLockedValueBox(0)
        let subscriber = try RedisSubscriber(
            configuration: server.configuration, eventLoop: group.next(), peers: peers, logger: quietLogger
        ) { event in
            if case .allSubscribed = event { live.withLockedValue { $0 += 1 } }
        }
        let running = [
            Task { try await first.run() }, Task { try await second.run() }, Task { try await subscriber.run() },
        ]
        defer { for task in running { task.cancel() } }
        try await eventually { first.isConnected && second.isConnected && live.withLockedValue { $0 } == 1 }
        try server.cli("REPLICAOF", "127.0.0.1", "1")
        // Again and again: those that are younger than a second are taken to know.
        try await eventually {
            _ = try? await first.command("SET", "a", "1")
            return second.connectionState.generation >= 2 && live.withLockedValue { $0 } >= 2
        }
    }

    /// Without `HELLO`, only a refused write shows that the server is a replica. A client that keeps writing must
    /// neither connect in a tight loop nor flood the log.
    @Test func withoutHelloTheRepliesTell() async throws {
        let server = try await RedisTestServer(arguments: [
            "--rename-command", "HELLO", "", "--replicaof", "127.0.0.1", "1",
        ])
        defer { server.stop() }
        var configuration = server.configuration
        configuration.requiresPrimary = true
        let log = RecordedLog()
        try await withClient(configuration, connections: 1, logger: log.logger) { client async throws in
            let end = ContinuousClock.now + .seconds(3)
            var refusals = 0
            while ContinuousClock.now < end {
                do {
                    try await client.command("SET", "a", "1")
                    Issue.record("a replica took a write")
                } catch let error as RedisError {
                    if error.serverCode == "READONLY" { refusals += 1 }
                }
                try await Task.sleep(for: .milliseconds(1))
            }
            #expect(refusals >= 2)
            // The waits between attempts have full jitter up to 500 ms.
            #expect(client.connectionState.generation < 60)
            #expect(log.lines.count { $0.level > .debug } <= 3)
            try server.cli("REPLICAOF", "NO", "ONE")
            try await eventually { (try? await client.command("SET", "a", "1")) != nil }
        }
    }

    @Test func aReplicaIsGoodForReadersAlone() async throws {
        let server = try await RedisTestServer(arguments: ["--replicaof", "127.0.0.1", "1"])
        defer { server.stop() }
        try await withClient(server.configuration) { client async throws in
            #expect(try await client.command("GET", "a").isNull)
        }
        var configuration = server.configuration
        configuration.requiresPrimary = true
        #expect(try await failure(configuration)?.message.contains("replica") == true)
    }

    @Test func aClusterIsNotTaken() async throws {
        // Without a port of its own for the cluster's bus, a server takes one that may be in use.
        let server = try await RedisTestServer(
            arguments: ["--cluster-enabled", "yes", "--cluster-port", "\(try FreePort.take())"])
        defer { server.stop() }
        let message = try await failure(server.configuration)?.message ?? ""
        #expect(message.contains("Cluster"), "\(message)")
    }

    @Test func aServerThatIsFullSaysSo() async throws {
        let server = try await RedisTestServer(arguments: ["--maxclients", "1"])
        defer { server.stop() }
        try await withClient(server.configuration, connections: 1) { _ async throws in
            // Now and then the kernel throws away what the server said, with the reset that follows. The keeper tries
            // again.
            try await eventually {
                try await failure(server.configuration)?.message.contains("max number of clients") == true
            }
        }
    }

    @Test func aUserWithFewRights() async throws {
        let server = try await RedisTestServer(arguments: [
            "--user", "few", "on", ">secret", "~*", "-@all", "+ping", "+get",
        ])
        defer { server.stop() }
        var configuration = server.configuration
        (configuration.username, configuration.password) = ("few", "secret")
        configuration.requiresPrimary = true
        try await withClient(configuration) { client async throws in
            #expect(try await client.command("GET", "a").isNull)
        }
    }

    // MARK: - Questions

    @Test("All questions are asked in turn, and their answers decide whether a connection is used")
    func questionsDecide() async throws {
        let server = try await RedisTestServer()
        defer { server.stop() }
        let asked = NIOLockedValueBox<[RESPValue]>([])
        let second = RedisQuestion("second", ["ECHO", "two"]) { reply in
            asked.withLockedValue { $0.append(reply) }
            return .good
        }
        let first = RedisQuestion("first", ["ECHO", "one"]) { reply in
            asked.withLockedValue { $0.append(reply) }
            return .ask(second)
        }
        let connector = try RedisConnector(configuration: server.configuration, scripts: [], questions: { [first] })
        try await connector.connect(on: MultiThreadedEventLoopGroup.singleton.next()).get().channel.close().get()
        #expect(asked.withLockedValue { $0.map(\.string) } == ["one", "two"])

        let never = RedisQuestion("never", ["NOSUCHCOMMAND"]) { reply in
            .refuse(RedisError(.handshakeFailed, "no: \(reply.error?.code ?? "")"))
        }
        #expect(try await failure(server.configuration, [first, never])?.message == "no: ERR")
    }

    /// The error of one attempt to connect.
    private func failure(
        _ configuration: RedisConfiguration, _ questions: [RedisQuestion] = []
    ) async throws -> RedisError? {
        let connector = try RedisConnector(configuration: configuration, scripts: [], questions: { questions })
        var error: RedisError?
        // On a busy machine a handshake can take too long.
        try await eventually("an answer in time") {
            error = await #expect(throws: RedisError.self) {
                try await connector.connect(on: MultiThreadedEventLoopGroup.singleton.next()).get().channel.close()
                    .get()
            }
            return error?.code != .timedOut
        }
        return error
    }
}
