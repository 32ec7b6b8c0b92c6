import Foundation

/// A private Postgres on 127.0.0.1, with its data in one folder.
///
/// The first start makes the cluster (UTF-8, C locale), the role and the database `scorecast`. The data stays when it
/// stops. Started by root it runs as the user `postgres`. The server outlives this value: the next one that is started
/// in the folder stops it first, as after a crash.
public final class LocalPostgres: Sendable {
    /// The role, a superuser of this cluster.
    public static let role = "scorecast"

    /// The clients that may connect.
    public enum Authentication: Sendable {
        /// Clients with the random password, which is in the file `password` (mode 600) in the folder.
        case password
        /// Every client on this machine: for tests.
        case trust
    }

    /// How to run it.
    public struct Settings: Sendable {
        /// The folder for its data, log, password and process id.
        public var folder: String
        /// The TCP port; nil for a free one.
        public var port: Int?
        /// Whether it listens on a Unix socket in the folder too.
        public var unixSocket = false
        /// The clients that may connect; chosen when the cluster is made.
        public var authentication = Authentication.password
        /// Whether commits reach the disk. If not, a crash of Postgres loses nothing, but a crash of the machine may
        /// lose everything: for tests.
        public var fsync = true
        /// The most connections at one time.
        public var maxConnections = 100
        /// The database; it is made if it is missing.
        public var database = "scorecast"
        /// Further settings of Postgres, such as `["jit": "off"]`.
        public var parameters: [String: String] = [:]
        /// A data folder to copy instead of making a new cluster; it must not be in use.
        package var template: String?
        /// The folders to search for Postgres' programs.
        public var search = ExecutableSearch.system
        /// How long a start may take; recovery after a crash is part of it.
        public var startTimeout = Duration.seconds(60)
        /// How long a clean stop may take before it is killed.
        public var stopTimeout = Duration.seconds(30)

        /// Settings with these defaults.
        public init(folder: String, port: Int? = nil) {
            self.folder = folder
            self.port = port
        }
    }

    /// The TCP port on 127.0.0.1; the same after every restart.
    public let port: Int
    /// The folder of the Unix socket, if one was asked for: the `host` for libpq.
    public let socketFolder: String?
    /// The file with the server's log.
    public let logPath: String
    /// The database that is made at the first start.
    public let database: String
    /// The password of the role; nil if every client is trusted. Not for logs.
    public let password: String?
    private let cluster: PostgresCluster
    private let process: ServerProcess

    private init(_ settings: Settings, port: Int, cluster: PostgresCluster, process: ServerProcess) {
        self.port = port
        self.socketFolder = cluster.socketFolder
        self.logPath = cluster.folder.log
        self.database = settings.database
        self.password = cluster.password
        self.cluster = cluster
        self.process = process
    }

    /// The libpq URL of the database. It includes the password, if there is one: not for logs.
    public var url: String { url(database: database) }

    /// The libpq URL of another database of this server.
    public func url(database: String) -> String {
        // The password is hexadecimal: nothing in it has to be escaped.
        let secret = password.map { ":\($0)" } ?? ""
        return "postgres://\(Self.role)\(secret)@127.0.0.1:\(port)/\(database)"
    }

    /// Starts a Postgres, makes its cluster and database if they are missing, and waits until it takes connections.
    ///
    /// A server that an earlier run left in the folder is stopped first.
    ///
    /// - Throws: `LocalServerError`, which says what to install or shows the end of the server's log.
    public static func start(_ settings: Settings) async throws -> LocalPostgres {
        guard isPlainName(settings.database) else {
            throw LocalServerError.invalid("\(settings.database) is not a plain name for a database.")
        }
        let folder = try ServerFolder(settings.folder)
        var cluster = try PostgresCluster(settings, folder: folder)
        let recipe = ServerRecipe(
            name: "postgres",
            command: { [cluster] port in try cluster.serverCommand(settings, port: port) },
            isReady: { [data = cluster.data] port, pid in Probe.postgres(port: port, pid: pid, data: data) },
            stopSignal: SIGINT,
            startTimeout: settings.startTimeout,
            stopTimeout: settings.stopTimeout
        )
        let process = try await ServerProcess(recipe, in: folder)
        try await cluster.prepare(settings)
        let port = try await process.start(port: settings.port)
        let server = LocalPostgres(settings, port: port, cluster: cluster, process: process)
        do {
            try await server.createDatabase(settings.database)
        } catch {
            await process.stop()
            throw error
        }
        return server
    }

    /// The server's process id while it runs.
    public var pid: Int32? {
        get async { await process.pid }
    }

    /// Whether it runs.
    public var isRunning: Bool {
        get async { await process.pid != nil }
    }

    /// Stops it cleanly ("fast": clients are cut off, and data is written). Kills it if that takes longer than
    /// `stopTimeout`.
    public func stop() async {
        await process.stop()
    }

    /// Kills it at once (SIGKILL), as a crash would.
    public func kill() async {
        await process.kill()
    }

    /// Starts it again on the same port and data, after stopping it if it runs.
    public func restart() async throws {
        await process.stop()
        _ = try await process.start(port: port)
    }

    /// Runs SQL with psql.
    ///
    /// - Returns: the rows, one on each line, with `|` between columns.
    /// - Throws: `LocalServerError.commandFailed` with what psql said.
    @discardableResult
    public func run(_ sql: String, database: String? = nil) async throws -> String {
        try await cluster.psql(sql, port: port, database: database ?? self.database)
    }

    /// Makes a database if it is missing.
    ///
    /// - Parameter name: letters of `a`–`z`, digits and `_`.
    public func createDatabase(_ name: String) async throws {
        guard Self.isPlainName(name) else {
            throw LocalServerError.invalid("\(name) is not a plain name for a database.")
        }
        let there = try await run("SELECT 1 FROM pg_database WHERE datname = '\(name)'", database: "postgres")
        if there.isEmpty { try await run("CREATE DATABASE \(name)", database: "postgres") }
    }

    private static func isPlainName(_ name: String) -> Bool {
        (1...63).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
            }
    }
}
