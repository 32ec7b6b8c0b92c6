import Basics
import Foundation
import LocalServers
import Logging
import PostgresClient
import TestSupport

/// A Postgres that wants a password, and has it in characters that a URL must encode.
final class TestServer: Sendable {
    /// Not a secret: the tests only need a server that asks for a password. Its characters need escaping in URLs.
    static let password = "p\"w'd\\ %:@/?"

    private static let sharedServer = Task { try await TestServer() }

    /// The server of all tests that leave it running.
    static func shared() async throws -> TestServer { try await sharedServer.value }

    /// Runs `body` with a server of its own, which it may stop.
    static func withPrivate<Value>(_ body: (TestServer) async throws -> Value) async throws -> Value {
        let server = try await TestServer()
        return try await withCleanUp {
            try await body(server)
        } then: {
            await server.local.stop()
        }
    }

    private let local: LocalPostgres

    /// Where the server listens, on 127.0.0.1.
    var port: Int { local.port }

    private init() async throws {
        var settings = LocalPostgres.Settings(folder: try makeTestFolder("postgres"))
        settings.fsync = false
        settings.maxConnections = 200
        local = try await LocalPostgres.start(settings)
        try await local.run("ALTER ROLE \(LocalPostgres.role) PASSWORD '\(Self.password.replacing("'", with: "''"))'")
    }

    /// A libpq URL for the server, with the password percent-encoded.
    func url(database: String = "postgres", password: String = TestServer.password) -> String {
        "postgresql://\(LocalPostgres.role):\(password.percentEncoded)@127.0.0.1:\(port)/\(database)"
    }

    /// A configuration with limits that suit tests: long ones if nothing is to time out.
    func configuration(size: Int = 2, database: String = "postgres") -> PostgresConfiguration {
        var configuration = PostgresConfiguration(url: url(database: database))
        configuration.poolSize = size
        configuration.acquireTimeout = .seconds(20)
        configuration.connectTimeout = .seconds(10)
        configuration.reconnectBackoff = Backoff(base: .milliseconds(5), cap: .milliseconds(100))
        return configuration
    }

    /// Runs `body` with a pool, and then shuts the pool down.
    func withPool<Value>(
        size: Int = 2, _ change: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (PostgresPool) async throws -> Value
    ) async throws -> Value {
        var configuration = configuration(size: size)
        change(&configuration)
        return try await Self.withPool(configuration, body)
    }

    /// The same for any server.
    static func withPool<Value>(
        _ configuration: PostgresConfiguration, _ body: (PostgresPool) async throws -> Value
    ) async throws -> Value {
        let pool = try PostgresPool(configuration: configuration, logger: quietLogger)
        return try await withCleanUp {
            try await body(pool)
        } then: {
            await pool.shutdown()
        }
    }

    /// Runs `body` with a new database.
    func withDatabase<Value>(size: Int = 2, _ body: (PostgresPool) async throws -> Value) async throws -> Value {
        let name = fresh("db")
        try await withPool(size: 1) { pool in
            try await pool.withConnection { _ = try $0.query("CREATE DATABASE \(name)") }
        }
        return try await Self.withPool(configuration(size: size, database: name), body)
    }

    /// Kills the server, as a crash would.
    func kill() async { await local.kill() }

    /// Starts it again on the same port.
    func restart() async throws { try await local.restart() }

    /// Process id of the server's main process.
    func postmasterPID() async throws -> pid_t {
        guard let pid = await local.pid else { throw SetupError("the server does not run") }
        return pid
    }
}

/// A failure in the preparation of a test.
struct SetupError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
