import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import RedisClient
import TestSupport
import Testing

/// The outcomes of commands when Redis hangs, dies or comes back.
struct RedisFailureTests {
    /// Operators get words, not the names of types and system calls.
    @Test func refusedConnectionIsExplained() async throws {
        for (host, reason) in [("127.0.0.1", "Connection refused"), ("nowhere.invalid", "the host nowhere.invalid")] {
            let client = try RedisClient(
                configuration: RedisConfiguration(url: "redis://\(host):1"), eventLoopGroup: .singleton, connections: 1,
                logger: quietLogger)
            let running = Task { try await client.run() }
            try await eventually("the reason is known") { client.trouble != nil }
            let text = try #require(client.trouble).explanation
            #expect(text.hasPrefix("Redis cannot be reached: \(reason)"), "\(text)")
            #expect(!text.contains("(") && !text.contains(".swift"), "\(text)")
            running.cancel()
            try await running.value
        }
    }

    @Test func killedServerLeavesUnknownOutcomesAndIsFoundAgain() async throws {
        try await withRedisServer { server in
            var configuration = server.configuration
            configuration.commandTimeout = .seconds(60)
            try await withClient(configuration) { client in
                let generation = client.connectionState.generation
                let results = NIOLockedValueBox<[RedisError.Code?]>([])
                for _ in 0..<50 {
                    client.send {
                        $0.append(command: "BLPOP", "absent", "0")
                    } completion: { result in
                        if case .failure(let error) = result { results.withLockedValue { $0.append(error.code) } }
                    }
                }
                // Each connection executes its first BLPOP, and the others wait for that.
                let total = client.connectionState.total
                try await withClient(server.configuration, connections: 1) { other async throws in
                    try await eventually {
                        let info = try await other.command("INFO", "clients").string
                        return info?.contains("blocked_clients:\(total)") == true
                    }
                }
                server.kill()
                try await eventually { results.withLockedValue { $0.count } == 50 }
                #expect(results.withLockedValue { $0.allSatisfy { $0 == .unknownOutcome } })
                try await eventually { client.connectionState.connected == 0 }

                let clock = ContinuousClock()
                let refused = await clock.measure {
                    let error = await #expect(throws: RedisError.self) { try await client.command("PING") }
                    #expect(error?.code == .notConnected)
                }
                // A command that waited would wait for its timeout (60 s) or for the server, which is down.
                #expect(refused < .seconds(10), "failing must not wait")

                try await server.start()
                let back = try await clock.measure { try await client.waitUntilConnected(timeout: .seconds(30)) }
                // Attempts are at most half a second apart. The rest is for a busy machine.
                #expect(back < .seconds(4))
                #expect(client.connectionState.generation > generation)
                #expect(try await client.command("PING").string == "PONG")
            }
        }
    }

    @Test func lateReplyClosesTheConnection() async throws {
        try await withRedisServer { server in
            var configuration = server.configuration
            configuration.commandTimeout = .milliseconds(500)
            try await withClient(configuration, connections: 1) { client async throws in
                let error = await #expect(throws: RedisError.self) { try await client.command("DEBUG", "SLEEP", "1.2") }
                #expect(error?.code == .unknownOutcome)
                #expect((error?.underlying as? RedisError)?.code == .timedOut)
                try await eventually { client.isConnected }
                #expect(client.connectionState.generation >= 2)
                try await answersPings(client)
            }
        }
    }

    /// If the host of an idle connection vanishes, the client notices it by an unanswered ping.
    @Test func frozenServerIsNoticedAndFoundAgain() async throws {
        try await withRedisServer { server in
            var configuration = server.configuration
            configuration.pingInterval = .milliseconds(50)
            configuration.pingTimeout = .milliseconds(500)
            configuration.connectTimeout = .milliseconds(500)
            try await withClient(configuration, connections: 1) { client async throws in
                server.freeze()
                try await eventually { !client.isConnected }
                server.thaw()
                try await eventually { client.isConnected }
                try await answersPings(client)
            }
        }
    }

    /// With timeouts that are short for a test, a busy machine may need some tries.
    private func answersPings(_ client: RedisClient) async throws {
        try await eventually { (try? await client.command("PING").string) == "PONG" }
    }

    @Test func closedByTheServer() async throws {
        try await withRedisServer { server in
            try await withClient(server.configuration, connections: 1) { client in
                let error = await #expect(throws: RedisError.self) {
                    try await client.pipeline([
                        ["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "no"], ["SET", "k", "v"],
                    ])
                }
                #expect(error?.code == .unknownOutcome)
                try await eventually { client.isConnected }
            }
        }
    }

    @Test func queueIsBounded() async throws {
        try await withRedisServer { server in
            var configuration = server.configuration
            configuration.maxPending = 10
            configuration.commandTimeout = .seconds(60)
            try await withClient(configuration, connections: 1) { client async throws in
                let codes = NIOLockedValueBox<[RedisError.Code?]>([])
                for _ in 0..<25 {
                    client.send {
                        $0.append(command: "BLPOP", "list", "0")
                    } completion: { result in
                        codes.withLockedValue { codes in
                            switch result {
                            case .success: codes.append(nil)
                            case .failure(let error): codes.append(error.code)
                            }
                        }
                    }
                }
                // Nothing is answered, and no place free, before there is something in the list.
                try await eventually { codes.withLockedValue { $0.count } == 15 }
                _ = try await withClient(server.configuration, connections: 1) { other async throws in
                    try await other.command("RPUSH", "list", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10")
                }
                try await eventually { codes.withLockedValue { $0.count } == 25 }
                #expect(codes.withLockedValue { $0.filter { $0 == .overloaded }.count } == 15)
                #expect(codes.withLockedValue { $0.filter { $0 == nil }.count } == 10)
                #expect(try await client.command("PING").string == "PONG")
            }
        }
    }

    @Test func replyOverTheLimitClosesAndTheClientRecovers() async throws {
        try await withRedisServer { server in
            var configuration = server.configuration
            configuration.maxReplyBytes = 100_000
            try await withClient(configuration, connections: 1) { client in
                try await client.command("SETRANGE", "k", "200000", "x")
                let error = await #expect(throws: RedisError.self) { try await client.command("GET", "k") }
                #expect(error?.code == .unknownOutcome)
                #expect((error?.underlying as? RedisError)?.code == .replyTooLarge)
                try await eventually { client.isConnected }
                #expect(try await client.command("STRLEN", "k") == .integer(200_001))
            }
        }
    }

    /// While Redis reads its data from disk, it accepts connections and answers `LOADING`.
    @Test func loadingServerIsNotConnectedYet() async throws {
        try await withRedisServer(arguments: [
            "--key-load-delay", "10000", "--loading-process-events-interval-bytes", "1024",
        ]) { server in
            try await withClient(server.configuration) { client in
                try await client.command("DEBUG", "POPULATE", "1000", "key", "100")
                try await client.command("SAVE")
                server.kill()
                try await eventually { client.connectionState.connected == 0 }
                try await server.start()
                let connector = try RedisConnector(configuration: server.configuration, scripts: [])
                let error = await #expect(throws: RedisError.self) {
                    try await connector.connect(on: MultiThreadedEventLoopGroup.singleton.next()).get().channel.close()
                        .get()
                }
                #expect(error?.code == .handshakeFailed)
                #expect(error?.serverCode == "LOADING")
                #expect(!client.isConnected)
                // With this delay, loading takes 10 s, so that even a slow machine sees it. Now the rest may load fast.
                try server.cli("CONFIG", "SET", "key-load-delay", "0")
                try await client.waitUntilConnected(timeout: .seconds(30))
                #expect(try await client.command("DBSIZE") == .integer(1000))
            }
        }
    }

    /// An outage is logged once, and so is its end, whatever the number of connections and attempts.
    @Test func troubleIsLoggedOnce() async throws {
        try await withRedisServer { server in
            let log = RecordedLog()
            try await withClient(server.configuration, logger: log.logger) { client in
                try await client.command("PING")
                server.kill()
                let attempt = "debug: Redis cannot be reached, trying again"
                try await eventually { log.lines.count { $0.description == attempt } >= 5 }
                try await server.start()
                try await client.waitUntilConnected(timeout: .seconds(30))
                try await eventually { log.lines.last?.description == "notice: Redis connection is up" }
            }
            let told = log.lines.filter { $0.level > .debug }
            #expect(told.map(\.description) == ["warning: Redis connection is lost", "notice: Redis connection is up"])
        }
    }

    @Test func statesAreToldInOrder() async throws {
        try await withRedisServer { server in
            try await withClient(server.configuration, connections: 1) { client in
                var states = client.connectionStates().makeAsyncIterator()
                let first = await states.next()
                #expect(first?.isConnected == true)
                server.kill()
                let second = await states.next()
                #expect(second?.isConnected == false)
                #expect(second?.generation == first?.generation)
                try await server.start()
                let third = await states.next()
                #expect(third?.isConnected == true)
                #expect(third?.generation == 2)
            }
        }
    }
}
