import Foundation
import LocalServers
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import RedisClient
import TestSupport

/// A private redis-server on a free port, for one test. `stop()` stops it and removes its folder.
final class RedisTestServer: Sendable {
    struct Failure: Error {
        let message: String
    }

    let port: Int
    let folder: URL
    private let arguments: [String]
    private let tlsPort: Int?
    /// A test starts and kills its server from one task, so calls do not overlap.
    private let process = ProcessBox()

    /// Starts a server and waits until it accepts connections.
    init(arguments: [String] = [], tls: TestCertificates? = nil) async throws {
        port = try FreePort.take()
        tlsPort = tls == nil ? nil : try FreePort.take()
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("redis-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var all = [
            "--bind", "127.0.0.1", "--port", "\(port)", "--dir", folder.path, "--save", "", "--appendonly", "no",
        ]
        all += ["--enable-debug-command", "yes", "--loglevel", "warning"]
        if let tls, let tlsPort {
            all += ["--tls-port", "\(tlsPort)", "--tls-cert-file", tls.certificate, "--tls-key-file", tls.key]
            all += ["--tls-ca-cert-file", tls.authority, "--tls-auth-clients", "no"]
        }
        self.arguments = all + arguments
        try await start()
    }

    var configuration: RedisConfiguration {
        RedisConfiguration(host: "127.0.0.1", port: port, clientName: "test")
    }

    var tlsConfiguration: RedisConfiguration {
        RedisConfiguration(host: "localhost", port: tlsPort ?? 0, usesTLS: true, clientName: "test")
    }

    /// Starts the server, or starts it again on the same port after `kill()`.
    func start() async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["redis-server"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        self.process.set(process)
        try await eventually("redis-server starts") { await Self.accepts(port: port) }
    }

    /// Kills the server with SIGKILL.
    func kill() { process.end(with: SIGKILL) }

    /// Makes the server hang, like a host without network: connections stay up, and nothing answers.
    func freeze() { process.signal(SIGSTOP) }

    /// Lets a frozen server continue.
    func thaw() { process.signal(SIGCONT) }

    /// Runs a command with redis-cli, outside the client under test.
    func cli(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["redis-cli", "-p", "\(port)"] + arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
    }

    /// Stops the server and removes its folder.
    func stop() {
        process.end(with: SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    private static func accepts(port: Int) async -> Bool {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        guard let channel = try? await bootstrap.connect(host: "127.0.0.1", port: port).get() else { return false }
        channel.close(promise: nil)
        return true
    }
}

/// The process of the server.
private final class ProcessBox: Sendable {
    private let process = NIOLockedValueBox<Process?>(nil)

    func set(_ process: Process) { self.process.withLockedValue { $0 = process } }

    func signal(_ signal: Int32) {
        process.withLockedValue {
            if let process = $0, process.isRunning { _ = kill(process.processIdentifier, signal) }
        }
    }

    func end(with signal: Int32) {
        self.signal(signal)
        process.withLockedValue { $0?.waitUntilExit() }
    }
}

/// Runs a test against a server of its own.
func withRedisServer<Value>(
    arguments: [String] = [], tls: TestCertificates? = nil, _ body: (RedisTestServer) async throws -> Value
) async throws -> Value {
    let server = try await RedisTestServer(arguments: arguments, tls: tls)
    defer { server.stop() }
    return try await body(server)
}

/// Runs a test with a connected client, and then shuts the client down.
func withClient<Value: Sendable>(
    _ configuration: RedisConfiguration, connections: Int? = nil, scripts: [RedisScript] = [],
    logger: Logger = quietLogger, _ body: (RedisClient) async throws -> Value
) async throws -> Value {
    let client = try RedisClient(
        configuration: configuration, eventLoopGroup: .singleton, connections: connections, scripts: scripts,
        logger: logger)
    let running = Task { try await client.run() }
    defer { running.cancel() }
    try await client.waitUntilConnected(timeout: .seconds(30))
    let value = try await body(client)
    running.cancel()
    try await running.value
    return value
}

/// Certificates made by openssl for one test: an authority, and a server certificate for `localhost` only.
struct TestCertificates {
    let folder: URL
    var authority: String { folder.appendingPathComponent("ca.crt").path }
    var certificate: String { folder.appendingPathComponent("redis.crt").path }
    var key: String { folder.appendingPathComponent("redis.key").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("tls-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        try openssl(["req", "-x509"] + key + ["-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=Test authority"])
        try openssl(
            ["req", "-x509"] + key + ["-keyout", "redis.key", "-out", "redis.crt", "-subj", "/CN=localhost"]
                + ["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE"]
                + ["-CA", "ca.crt", "-CAkey", "ca.key"])
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    private func openssl(_ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.currentDirectoryURL = folder
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw RedisTestServer.Failure(message: "openssl \(arguments.joined(separator: " ")) failed")
        }
    }
}
