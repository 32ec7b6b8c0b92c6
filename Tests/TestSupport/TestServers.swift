import Foundation
import LocalServers

/// The Redis and the Postgres that the tests of one process share, started when first asked for, and private ones for
/// tests that kill them.
public actor TestServers {
    /// The servers of this process.
    public static let shared = TestServers()

    private var redis: Task<LocalRedis, any Error>?
    private var postgres: Task<LocalPostgres, any Error>?
    private var template: Task<String, any Error>?
    private var names = 0

    /// The number of numbered databases of the shared Redis: one for each `withRedis`.
    private static let redisDatabases = 4096

    private init() {}

    /// A private Redis in a temporary folder. Stop it, or use `withPrivateRedis`.
    ///
    /// - Parameters:
    ///   - clock: the clock that it goes by; nil for that of the machine.
    ///   - environment: further variables of its environment.
    public static func redis(
        durability: LocalRedis.Durability = .everySecond, extraArguments: [String] = [], clock: SetClock? = nil,
        environment: [String: String] = [:]
    ) async throws -> LocalRedis {
        var settings = LocalRedis.Settings(folder: try makeTestFolder("redis"), durability: durability)
        settings.extraArguments = extraArguments
        settings.environment = environment
        if let clock { settings.environment.merge(try clock.environment()) { $1 } }
        return try await LocalRedis.start(settings)
    }

    /// A private Postgres in a temporary folder. Stop it, or use `withPrivatePostgres`.
    public static func postgres(parameters: [String: String] = [:]) async throws -> LocalPostgres {
        var settings = settings(folder: try makeTestFolder("postgres"))
        settings.template = try await shared.templateFolder()
        settings.parameters.merge(parameters) { _, new in new }
        return try await LocalPostgres.start(settings)
    }

    /// A numbered database of the shared Redis that no other test of this process uses.
    func freshRedis() async throws -> TestRedis {
        let start =
            redis
            ?? Task { try await Self.redis(extraArguments: ["--databases", "\(Self.redisDatabases)"]) }
        redis = start
        let number = nextName()
        guard number < Self.redisDatabases else {
            throw LocalServerError.invalid("All \(Self.redisDatabases) databases of the tests' Redis are used up.")
        }
        return TestRedis(server: try await start.value, database: number, prefix: "t\(number):")
    }

    /// A new database of the shared Postgres.
    func freshPostgres() async throws -> TestPostgres {
        let start = postgres ?? Task { try await Self.postgres(parameters: ["max_connections": "300"]) }
        postgres = start
        let name = "t\(nextName())"
        let server = try await start.value
        try await server.run("CREATE DATABASE \(name)", database: "postgres")
        return TestPostgres(server: server, database: name)
    }

    private func nextName() -> Int {
        names += 1
        return names
    }

    /// The data folder of a cluster that is made once and copied for each server: `initdb` takes a second, `cp` almost
    /// no time.
    private func templateFolder() async throws -> String {
        let task =
            template
            ?? Task {
                let server = try await LocalPostgres.start(Self.settings(folder: try makeTestFolder("template")))
                await server.stop()
                return (server.logPath as NSString).deletingLastPathComponent + "/data"
            }
        template = task
        return try await task.value
    }

    private static func settings(folder: String) -> LocalPostgres.Settings {
        var settings = LocalPostgres.Settings(folder: folder)
        settings.authentication = .trust
        settings.fsync = false
        settings.parameters = ["shared_buffers": "32MB", "jit": "off"]
        return settings
    }
}

/// One test's part of the shared Redis.
public struct TestRedis: Sendable {
    /// The server. Others use it too: do not stop it, and do not FLUSHALL.
    public let server: LocalRedis
    /// The number of a database that only this test uses. It does not separate channels of PUBLISH.
    public let database: Int
    /// A prefix for keys and channels that only this test uses, such as `t12:`.
    public let prefix: String
    /// The TCP port on 127.0.0.1.
    public var port: Int { server.port }
    /// The URL with the number of the database.
    public var url: String { "\(server.url)/\(database)" }
}

/// One test's database in the shared Postgres.
public struct TestPostgres: Sendable {
    /// The server. Others use it too: do not stop it.
    public let server: LocalPostgres
    /// The name of the database.
    public let database: String
    /// The TCP port on 127.0.0.1.
    public var port: Int { server.port }
    /// The libpq URL of the database.
    public var url: String { server.url(database: database) }

    /// Runs SQL in this database with psql; see `LocalPostgres.run`.
    @discardableResult
    public func run(_ sql: String) async throws -> String {
        try await server.run(sql, database: database)
    }
}

/// Runs a test on a fresh database of the shared Redis.
public func withRedis<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (TestRedis) async throws -> Result
) async throws -> Result {
    try await body(TestServers.shared.freshRedis())
}

/// Runs a test on a fresh database of the shared Postgres, and drops it afterwards.
public func withPostgres<Result>(
    isolation: isolated (any Actor)? = #isolation, _ body: (TestPostgres) async throws -> Result
) async throws -> Result {
    let postgres = try await TestServers.shared.freshPostgres()
    let result: Result
    do {
        result = try await body(postgres)
    } catch {
        try? await postgres.drop()
        throw error
    }
    try await postgres.drop()
    return result
}

extension TestPostgres {
    fileprivate func drop() async throws {
        try await server.run("DROP DATABASE \(database) WITH (FORCE)", database: "postgres")
    }
}

/// Runs a test on a Redis of its own, which it may kill, and stops it afterwards.
public func withPrivateRedis<Result>(
    durability: LocalRedis.Durability = .everySecond, extraArguments: [String] = [], clock: SetClock? = nil,
    environment: [String: String] = [:], isolation: isolated (any Actor)? = #isolation,
    _ body: (LocalRedis) async throws -> Result
) async throws -> Result {
    let server = try await TestServers.redis(
        durability: durability, extraArguments: extraArguments, clock: clock, environment: environment)
    return try await withCleanUp {
        try await body(server)
    } then: {
        await server.stop()
    }
}

/// Runs a test on a Postgres of its own, which it may kill, and stops it afterwards.
public func withPrivatePostgres<Result>(
    parameters: [String: String] = [:], isolation: isolated (any Actor)? = #isolation,
    _ body: (LocalPostgres) async throws -> Result
) async throws -> Result {
    let server = try await TestServers.postgres(parameters: parameters)
    return try await withCleanUp {
        try await body(server)
    } then: {
        await server.stop()
    }
}
