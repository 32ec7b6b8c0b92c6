import Dispatch
import Foundation
import Logging
import PostgresClient

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A Postgres server that belongs to this test run, in its own folder. It ends when this process ends, in any way.
final class TestServer: Sendable {
    /// Not a secret: the tests only need a server that asks for a password. Its characters need escaping in URLs.
    static let password = "p\"w'd\\ %:@/?"

    private static let sharedServer = Result { try TestServer() }

    /// The server that all tests share. They must leave it running.
    static func shared() throws -> TestServer { try sharedServer.get() }

    /// The port of the server on 127.0.0.1.
    let port: Int
    private let folder: String
    private let binaries: String
    private let watchdog = Watchdog()

    init() throws {
        binaries = try Self.findBinaries()
        port = try Self.freePort()
        folder = NSTemporaryDirectory() + "scorecast-postgres-" + fresh("test")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let passwordFile = folder + "/password"
        try Self.password.write(toFile: passwordFile, atomically: true, encoding: .utf8)
        // Postgres refuses to run as root.
        if getuid() == 0 { try Self.run("/bin/chown", ["-R", "postgres:postgres", folder]) }
        let initdb = [
            binaries + "/initdb", "--pgdata", folder + "/data", "--username", "scorecast", "--pwfile", passwordFile,
            "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
        ]
        let command = Self.asPostgres + initdb
        try Self.run(command[0], Array(command.dropFirst()))
        try start()
    }

    /// A libpq URL for the server, with the password percent-encoded.
    func url(database: String = "postgres", password: String = TestServer.password) -> String {
        let encoded = password.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        return "postgresql://scorecast:\(encoded)@127.0.0.1:\(port)/\(database)"
    }

    /// A configuration with long timeouts, so that a busy machine does not fail tests.
    func configuration(size: Int = 2) -> PostgresConfiguration {
        var configuration = PostgresConfiguration(url: url())
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
        let pool = try PostgresPool(configuration: configuration, logger: quietLogger)
        do {
            let value = try await body(pool)
            await pool.shutdown()
            return value
        } catch {
            await pool.shutdown()
            throw error
        }
    }

    /// Runs `body` with a new database.
    func withDatabase<Value>(size: Int = 2, _ body: (PostgresPool) async throws -> Value) async throws -> Value {
        let name = fresh("db")
        try await withPool(size: 1) { pool in
            try await pool.withConnection { _ = try $0.query("CREATE DATABASE \(name)") }
        }
        return try await withPool(size: size, { $0 = self.configuration(size: size, database: name) }, body)
    }

    private func configuration(size: Int, database: String) -> PostgresConfiguration {
        var other = PostgresConfiguration(url: url(database: database))
        other.poolSize = size
        other.acquireTimeout = .seconds(20)
        return other
    }

    // MARK: Start and stop

    /// Starts the server, and waits until it answers.
    func start() throws {
        let server = [
            binaries + "/postgres", "-D", folder + "/data", "-p", String(port), "-c", "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=200",
        ]
        try watchdog.start(Self.asPostgres + server, log: folder + "/log", folder: folder)
        let deadline = ContinuousClock.now + .seconds(30)
        while true {
            do {
                return try Self.run(
                    binaries + "/pg_isready", ["-q", "-h", "127.0.0.1", "-p", String(port), "-d", "postgres"])
            } catch {
                guard ContinuousClock.now < deadline else { throw error }
                usleep(20_000)
            }
        }
    }

    /// Stops the server at once, like a crash.
    func stop() {
        watchdog.stop()
    }

    /// The id of the server's main process.
    func postmasterPID() throws -> pid_t {
        let text = try String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8)
        guard let pid = text.split(separator: "\n").first.flatMap({ pid_t($0) }) else { throw SetupError("no pid") }
        return pid
    }

    deinit {
        watchdog.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    // MARK: Processes

    private static var asPostgres: [String] {
        guard getuid() == 0 else { return [] }
        return ["/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    }

    private static func findBinaries() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let installed = versions.compactMap { Int($0) }.sorted().map { "\(root)/\($0)/bin" }
        let candidates = installed.reversed() + ["/opt/homebrew/opt/postgresql@17/bin", "/usr/local/bin", "/usr/bin"]
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") })
        else {
            throw SetupError("Postgres is not installed: apt-get install postgresql")
        }
        return found
    }

    /// A free port, from below the range that the system assigns. So no other program is given it before the server
    /// starts, or while a test has the server stopped.
    private static func freePort() throws -> Int {
        for _ in 0..<50 {
            let port = Int.random(in: 12_000...31_999)
            if isFree(port) { return port }
        }
        throw SetupError("no free port")
    }

    private static func isFree(_ port: Int) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = in_port_t(port).bigEndian
        #if canImport(Glibc)
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        defer { close(descriptor) }
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
        }
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let output = Pipe()
        let ended = DispatchSemaphore(value: 0)
        process.standardOutput = output
        process.standardError = output
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        guard ended.wait(timeout: .now() + 60) == .success, process.terminationStatus == 0 else {
            throw SetupError("\(program) failed: \(text)")
        }
    }
}

/// A failure in the preparation of a test.
struct SetupError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
