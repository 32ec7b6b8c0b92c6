import Foundation
import LocalServers
import TestSupport
import Testing

@Suite("A private Redis")
struct LocalRedisTests {
    @Test("starts with an append-only file, no snapshots, no eviction, on loopback alone")
    func settings() async throws {
        try await withPrivateRedis(durability: .always) { redis async throws in
            #expect(try await redis.config("appendonly") == "yes")
            #expect(try await redis.config("appendfsync") == "always")
            #expect(try await redis.config("maxmemory-policy") == "noeviction")
            #expect(try await redis.config("save") == "")
            #expect(try await redis.config("bind") == "127.0.0.1")
        }
    }

    @Test("keeps its data and port over a clean stop and a restart")
    func cleanRestart() async throws {
        try await withPrivateRedis { redis in
            try await redis.command("SET k kept")
            let first = try #require(await redis.pid)
            await redis.stop()
            #expect(await !redis.isRunning)
            await #expect(throws: LocalServerError.self) { try await redis.command("PING") }
            try await redis.restart()
            #expect(try await redis.command("GET k").contains("kept"))
            #expect(await redis.pid != first)
        }
    }

    @Test("keeps what was acknowledged when it is killed")
    func killed() async throws {
        try await withPrivateRedis(durability: .always) { redis in
            for number in 1...50 { try await redis.command("SET k\(number) \(number)") }
            await redis.kill()
            #expect(await !redis.isRunning)
            try await redis.restart()
            #expect(try await redis.command("DBSIZE").contains(":50\r\n"))
        }
    }

    @Test("stops a server that an earlier run left in the folder, and reads its data")
    func leftover() async throws {
        let folder = try makeTestFolder()
        let left = try await abandonedRedis(in: folder)
        let redis = try await LocalRedis.start(.init(folder: folder))
        #expect(await redis.pid != left)
        #expect(kill(left, 0) != 0 || isZombie(left))
        #expect(try await redis.command("GET k").contains("left"))
        await redis.stop()
    }

    @Test("turns a second owner of the folder away and leaves the first alone")
    func folderInUse() async throws {
        let folder = try makeTestFolder()
        let redis = try await LocalRedis.start(.init(folder: folder))
        let error = await #expect(throws: LocalServerError.self) { try await LocalRedis.start(.init(folder: folder)) }
        guard case .folderInUse = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(try await redis.command("PING").hasPrefix("+PONG"))
        await redis.stop()
    }

    @Test("shows the end of its log when it does not start")
    func failedStart() async throws {
        let error = await #expect(throws: LocalServerError.self) {
            try await TestServers.redis(extraArguments: ["--no-such-setting", "1"])
        }
        guard case .startFailed(_, let reason, let log) = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(reason == "it ended with code 1")
        #expect(log.contains("no-such-setting"))
    }

    @Test("says which package to install when redis-server is not there")
    func missing() async throws {
        var settings = LocalRedis.Settings(folder: try makeTestFolder())
        settings.search = ExecutableSearch(folders: ["/nonexistent"])
        let error = await #expect(throws: LocalServerError.self) { try await LocalRedis.start(settings) }
        let message = try #require(error?.description)
        #expect(message.contains("redis-server is not installed"))
        #expect(message.contains("apt-get install redis-server") || message.contains("brew install redis"))
    }

    @Test("takes a port that another server holds as a failure, not as its own")
    func portTaken() async throws {
        try await withRedis { shared in
            var settings = LocalRedis.Settings(folder: try makeTestFolder(), port: shared.port)
            settings.startTimeout = .seconds(5)
            let error = await #expect(throws: LocalServerError.self) { try await LocalRedis.start(settings) }
            #expect(error?.description.contains("Address already in use") == true)
        }
    }

    @Test("listens on a Unix socket when asked to")
    func unixSocket() async throws {
        var settings = LocalRedis.Settings(folder: try makeTestFolder())
        settings.unixSocket = true
        let redis = try await LocalRedis.start(settings)
        let path = try #require(redis.socketPath)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType == .typeSocket)
        await redis.stop()
    }

    @Test("leads its own process group, out of reach of Ctrl-C in ours")
    func processGroup() async throws {
        try await withPrivateRedis { redis in
            let pid = try #require(await redis.pid)
            #expect(getpgid(pid) == pid)
            #expect(getpgid(pid) != getpgrp())
        }
    }

    /// Starts a Redis, writes to it, and releases it without a stop, as in a crash.
    private func abandonedRedis(in folder: String) async throws -> Int32 {
        let redis = try await LocalRedis.start(.init(folder: folder, durability: .always))
        try await redis.command("SET k left")
        return try #require(await redis.pid)
    }
}

/// Whether a process has ended and only waits for its parent, this process, to collect its status.
func isZombie(_ pid: Int32) -> Bool {
    waitpid(pid, nil, WNOHANG) == pid
}

extension LocalRedis {
    /// Sends one inline command and returns the raw reply.
    @discardableResult
    func command(_ line: String) async throws -> String {
        let port = port
        return try await Blocking.run {
            let socket = try LoopbackSocket(port: port, timeout: .seconds(5))
            try socket.send(Array((line + "\r\nQUIT\r\n").utf8))
            var bytes: [UInt8] = []
            while let more = try socket.receive() { bytes += more }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// The value of one setting.
    func config(_ name: String) async throws -> String {
        let lines = try await command("CONFIG GET \(name)").components(separatedBy: "\r\n")
        return try #require(lines.count > 4 ? lines[4] : nil)
    }
}
