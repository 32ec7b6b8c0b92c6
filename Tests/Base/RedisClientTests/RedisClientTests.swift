import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import RedisClient
import TestSupport
import Testing

/// Commands against a real Redis.
struct RedisClientTests {
    @Test func repliesOfEveryKind() async throws {
        try await withRedisServer { server in
            try await withClient(server.configuration) { client async throws in
                #expect(try await client.command("SET", "k", "é") == .simpleString(bytes("OK")))
                #expect(try await client.command("GET", "k").string == "é")
                #expect(try await client.command("GET", "absent").isNull)
                #expect(try await client.command("INCRBY", "n", "-5") == .integer(-5))
                #expect(try await client.command("MGET", "n", "absent") == .array([.bulkString(bytes("-5")), .null]))
                #expect(try await client.command("LRANGE", "absent", "0", "-1") == .array([]))
                let error = await #expect(throws: RedisError.self) { try await client.command("LPUSH", "k", "x") }
                #expect(error?.code == .server)
                #expect(error?.serverCode == "WRONGTYPE")
                #expect(error?.isOutcomeUnknown == false)
            }
        }
    }

    @Test func binaryAndLargeValues() async throws {
        try await withRedisServer { server in
            try await withClient(server.configuration) { client in
                let value = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                try await client.command { encoder in
                    encoder.begin(argumentCount: 3)
                    encoder.append("SET")
                    encoder.append("k")
                    encoder.append(bytes: value)
                }
                #expect(try await client.command("GET", "k").bytes == value)
            }
        }
    }

    /// The commands of one connection are executed and answered in the order of the calls.
    @Test func orderOnOneLoop() async throws {
        try await withRedisServer { server in
            try await withClient(server.configuration) { client in
                let loop = MultiThreadedEventLoopGroup.singleton.next()
                let replies = NIOLockedValueBox<[Int64?]>([])
                let count = 10_000
                try await loop.submit {
                    for _ in 0..<count {
                        client.send {
                            $0.append(command: "INCR", "n")
                        } completion: { result in
                            replies.withLockedValue { $0.append((try? result.get())?.int64) }
                        }
                    }
                }.get()
                try await eventually { replies.withLockedValue { $0.count } == count }
                #expect(replies.withLockedValue { $0 } == (1...Int64(count)).map { $0 })
            }
        }
    }

    /// A call on a loop of the group does not hop: it uses the connection of this loop, and the completion runs on it.
    @Test func eachLoopHasItsConnection() async throws {
        try await withRedisServer { server in
            try await withClient(server.configuration) { client in
                var connections: Set<Int64> = []
                let loops = Array(MultiThreadedEventLoopGroup.singleton.makeIterator())
                for loop in loops {
                    let promise = loop.makePromise(of: Int64?.self)
                    loop.execute {
                        client.send {
                            $0.append(command: "CLIENT", "ID")
                        } completion: { result in
                            #expect(loop.inEventLoop)
                            promise.succeed((try? result.get())?.int64)
                        }
                    }
                    connections.insert(try #require(try await promise.futureResult.get()))
                }
                #expect(connections.count == loops.count)
            }
        }
    }

    @Test func tenThousandCommandsFromManyTasks() async throws {
        try await withRedisServer { server in
            try await withClient(server.configuration) { client async throws in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for task in 0..<100 {
                        group.addTask {
                            for index in 0..<100 {
                                let text = "\(task):\(index)"
                                let reply = try await client.command("ECHO", text)
                                #expect(reply.string == text)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func pipelineKeepsOrderAndErrors() async throws {
        try await withRedisServer { server in
            try await withClient(server.configuration) { client in
                let replies = try await client.pipeline([["SET", "k", "1"], ["LPUSH", "k", "x"], ["INCR", "k"]])
                #expect(replies.count == 3)
                #expect(replies[1].error?.code == "WRONGTYPE")
                #expect(replies[2] == .integer(2))
                #expect(try await client.pipeline([]).isEmpty)
                let many = try await client.pipeline((0..<5000).map { ["ECHO", "\($0)"] })
                #expect(many.map(\.int64) == (0..<5000).map { Int64($0) })
                let error = await #expect(throws: RedisError.self) { try await client.pipeline([["PING"], []]) }
                #expect(error?.code == .invalidCommand)
            }
        }
    }

    /// The command blocks for many ping intervals, and for longer than the ping timeout. While a command is in flight,
    /// no ping is sent.
    @Test func oneConnectionForBlockingCommands() async throws {
        try await withRedisServer { server in
            var configuration = server.configuration
            configuration.commandTimeout = .seconds(10)
            configuration.pingTimeout = .milliseconds(2500)
            configuration.pingInterval = .milliseconds(50)
            try await withClient(configuration, connections: 1) { client async throws in
                #expect(try await client.command("BLPOP", "absent", "3").isNull)
                #expect(client.isConnected)
                #expect(client.connectionState.generation == 1)
            }
        }
    }

    @Test func shutdownWaitsForRepliesAndRefusesTheRest() async throws {
        try await withRedisServer { server in
            var configuration = server.configuration
            configuration.commandTimeout = .seconds(60)
            configuration.drainTimeout = .seconds(60)
            let client = try RedisClient(
                configuration: configuration, eventLoopGroup: .singleton, connections: 1, logger: quietLogger)
            let before = await #expect(throws: RedisError.self) { try await client.command("PING") }
            #expect(before?.code == .notConnected)
            let running = Task { try await client.run() }
            try await client.waitUntilConnected(timeout: .seconds(30))
            async let popped = client.command("BLPOP", "list", "60")
            try await withClient(server.configuration) { other in
                try await eventually {
                    let info = try await other.command("INFO", "clients").string
                    return info?.contains("blocked_clients:1") == true
                }
                running.cancel()
                try await eventually { await refusal(client) == .shutDown }
                try await other.command("RPUSH", "list", "x")
            }
            #expect(try await popped.array?.last?.string == "x")
            try await running.value
            #expect(!client.isConnected)
            #expect(await refusal(client, within: .seconds(30)) == .shutDown)
            let again = await #expect(throws: RedisError.self) { try await client.run() }
            #expect(again?.code == .alreadyRunning)
        }
    }

    /// The code with which a command is refused, or nil if it is not refused within `time`. An accepted command waits
    /// after the blocked one, so this does not wait for its reply.
    private func refusal(_ client: RedisClient, within time: Duration = .milliseconds(100)) async -> RedisError.Code? {
        let code = NIOLockedValueBox<RedisError.Code?>(nil)
        client.send {
            $0.append(command: "PING")
        } completion: { result in
            if case .failure(let error) = result { code.withLockedValue { $0 = error.code } }
        }
        try? await eventually(timeout: time, every: .milliseconds(2)) { code.withLockedValue { $0 } != nil }
        return code.withLockedValue { $0 }
    }
}

/// Loading and calling scripts.
struct RedisScriptTests {
    private let script = RedisScript(
        name: "add", source: "return {KEYS[1], tostring(redis.call('INCRBY', KEYS[1], ARGV[1]))}")

    @Test("A script is named by its SHA-1")
    func sha1() {
        // FIPS 180-2, appendix A.
        #expect(RedisScript(name: "abc", source: "abc").sha1 == "a9993e364706816aba3e25717850c26c9cd0d89d")
    }

    @Test func isLoadedBeforeTheClientIsConnected() async throws {
        try await withRedisServer { server in
            try await withClient(server.configuration, scripts: [script]) { client in
                #expect(try await client.command("SCRIPT", "EXISTS", script.sha1) == .array([.integer(1)]))
                let reply = try await client.evaluate(script, keys: ["k"], arguments: ["5"])
                #expect(reply.array?.map(\.string) == ["k", "5"])
            }
        }
    }

    /// The connection adds the `run_id` of its server, also when the script has to be loaded again.
    @Test func takesTheRunID() async throws {
        let script = RedisScript(name: "run", source: "return {#KEYS, #ARGV, ARGV[#ARGV]}", takesRunID: true)
        try await withRedisServer { server in
            try await withClient(server.configuration, scripts: [script]) { client in
                let info = try #require(try await client.command("INFO", "server").string)
                for _ in 0..<2 {
                    let reply = try await client.evaluate(script, keys: ["k"], arguments: ["5"])
                    let run = try #require(reply.array?.last?.string)
                    #expect(reply.array?.prefix(2) == [.integer(1), .integer(2)])
                    #expect(run.utf8.count == 40 && info.contains("run_id:\(run)\r\n"))
                    try await client.command("SCRIPT", "FLUSH")
                }
            }
            // A connection that loads no such script does not ask.
            try await withClient(server.configuration) { client async throws in
                #expect(try await client.evaluate(script).array?.last?.string == "")
            }
        }
    }

    /// After `SCRIPT FLUSH`, all calls of a burst succeed, and each is executed once.
    @Test func isLoadedAgainAfterFlush() async throws {
        try await withRedisServer { server in
            try await withClient(server.configuration, scripts: [script]) { client in
                try await client.command("SCRIPT", "FLUSH")
                let script = script
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<200 {
                        group.addTask { try await client.evaluate(script, keys: ["n"], arguments: ["1"]) }
                    }
                    try await group.waitForAll()
                }
                #expect(try await client.command("GET", "n").int64 == 200)
            }
        }
    }

    @Test func unregisteredScriptIsLoadedWhenCalled() async throws {
        try await withRedisServer { server in
            try await withClient(server.configuration) { client async throws in
                #expect(try await client.evaluate(RedisScript(name: "one", source: "return 1")) == .integer(1))
                let broken = RedisScript(name: "broken", source: "this is not Lua")
                let error = await #expect(throws: RedisError.self) { try await client.evaluate(broken) }
                #expect(error?.serverCode == "NOSCRIPT")
            }
        }
    }

    @Test func wrongArgumentCountIsRefused() async throws {
        try await withRedisServer { server in
            try await withClient(server.configuration, scripts: [script]) { client async throws in
                let script = script
                let result = await withCheckedContinuation { continuation in
                    client.evaluate(script, keys: 1, { $0.append("k") }, argumentCount: 2) {
                        continuation.resume(returning: $0)
                    }
                }
                #expect(throws: RedisError.self) { try result.get() }
                #expect(try await client.command("PING").string == "PONG")
            }
        }
    }

    @Test func scriptErrorsKeepTheirCode() async throws {
        try await withRedisServer { server in
            try await withClient(server.configuration) { client in
                let failing = RedisScript(name: "failing", source: "return redis.error_reply('MYCODE no luck')")
                let error = await #expect(throws: RedisError.self) { try await client.evaluate(failing) }
                #expect(error?.serverCode == "MYCODE")
            }
        }
    }
}

extension RESPEncoder {
    mutating func append(command arguments: String...) {
        begin(argumentCount: arguments.count)
        for argument in arguments { append(argument) }
    }
}
