import Foundation
import LocalServers

/// A PgBouncer in front of a Postgres that trusts its clients.
public final class PgBouncer: Sendable {
    /// How it shares the sessions of Postgres between its clients.
    public enum Mode: String, CaseIterable, Sendable {
        case session, transaction, statement
    }

    /// The port on 127.0.0.1.
    public let port: Int
    private let child: ChildProcess
    private let folder: ServerFolder

    private init(port: Int, child: ChildProcess, folder: ServerFolder) {
        (self.port, self.child, self.folder) = (port, child, folder)
    }

    /// Whether the tests with it run: if it is installed, and always in continuous integration.
    public static var isWanted: Bool {
        let isIntegration = ProcessInfo.processInfo.environment["CI"]?.isEmpty == false
        return isIntegration || (try? executable()) != nil
    }

    private static func executable() throws -> String {
        try ExecutableSearch.system.find("pgbouncer", install: "apt-get install pgbouncer")
    }

    /// The libpq URL of a database behind it.
    public func url(database: String) -> String { "postgres://\(LocalPostgres.role)@127.0.0.1:\(port)/\(database)" }

    /// Runs a test with one, and stops it afterwards.
    ///
    /// - Parameters:
    ///   - sessions: how many sessions it opens for each database.
    ///   - settings: further settings, by name.
    public static func run(
        before postgres: LocalPostgres, mode: Mode, sessions: Int = 10, settings: [String: String] = [:],
        isolation: isolated (any Actor)? = #isolation, _ body: (PgBouncer) async throws -> Void
    ) async throws {
        let bouncer = try await start(before: postgres, mode, sessions, settings)
        try await withCleanUp {
            try await body(bouncer)
        } then: {
            // SIGTERM waits for clients, SIGINT for queries in progress.
            await bouncer.child.stop(SIGKILL, within: .seconds(10))
        }
    }

    private static func start(
        before postgres: LocalPostgres, _ mode: Mode, _ sessions: Int, _ settings: [String: String]
    ) async throws -> PgBouncer {
        let folder = try ServerFolder(makeTestFolder("pgbouncer"))
        let port = try FreePort.take()
        try Data("\"\(LocalPostgres.role)\" \"\"\n".utf8).write(to: URL(fileURLWithPath: folder.path + "/users"))
        let lines = settings.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }.joined(separator: "\n")
        let text = """
            [databases]
            * = host=127.0.0.1 port=\(postgres.port)
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = \(port)
            unix_socket_dir =
            auth_type = trust
            auth_file = \(folder.path)/users
            pool_mode = \(mode.rawValue)
            default_pool_size = \(sessions)
            \(lines)
            """
        let file = folder.path + "/pgbouncer.ini"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        var command = ChildProcess.Command(try executable(), [file])
        if let user = try UnixUser.unprivileged(named: "postgres", install: "apt-get install postgresql") {
            // It refuses to run as root.
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path)
            command = try user.command(command, path: folder.path, search: .system)
        }
        let bouncer = PgBouncer(port: port, child: try folder.launch(command), folder: folder)
        do {
            try await eventually("pgbouncer listens", timeout: .seconds(15)) {
                _ = try LoopbackSocket(port: port, timeout: .seconds(1))
                return true
            }
        } catch {
            await bouncer.child.stop(SIGKILL, within: .seconds(10))
            throw LocalServerError.startFailed(
                server: "pgbouncer", reason: "\(error)", log: Files.tail(folder.log, lines: 20))
        }
        return bouncer
    }
}
