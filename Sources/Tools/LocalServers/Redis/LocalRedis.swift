import Foundation

/// A private Redis on 127.0.0.1, with its data in one folder.
///
/// It keeps an append-only file and never evicts. The data stays when it stops. The server outlives this value: the
/// next one that is started in the folder stops it first, as after a crash.
public final class LocalRedis: Sendable {
    /// When Redis asks the system to write its append-only file to the disk (`appendfsync`).
    public enum Durability: String, Sendable {
        /// Before each reply: a crash of the machine loses nothing that was acknowledged.
        case always
        /// Once a second: a crash of the machine may lose the last second or two; a crash of Redis loses nothing.
        case everySecond = "everysec"
        /// When the system decides.
        case never = "no"
    }

    /// How to run it.
    public struct Settings: Sendable {
        /// The folder for its data, log and process id.
        public var folder: String
        /// The TCP port; nil for a free one.
        public var port: Int?
        /// Whether it listens on a Unix socket in the folder too.
        public var unixSocket = false
        /// When the append-only file reaches the disk.
        public var durability = Durability.everySecond
        /// Further arguments for redis-server, such as `["--databases", "64"]`.
        public var extraArguments: [String] = []
        /// Further variables of its environment.
        public var environment: [String: String] = [:]
        /// The folders to search for redis-server.
        public var search = ExecutableSearch.system
        /// How long a start may take; reading a large append-only file is part of it.
        public var startTimeout = Duration.seconds(60)
        /// How long a clean stop may take before it is killed.
        public var stopTimeout = Duration.seconds(15)

        /// Settings with these defaults.
        public init(folder: String, port: Int? = nil, durability: Durability = .everySecond) {
            self.folder = folder
            self.port = port
            self.durability = durability
        }
    }

    /// The TCP port on 127.0.0.1; the same after every restart.
    public let port: Int
    /// The path of the Unix socket, if one was asked for.
    public let socketPath: String?
    /// The file with the server's log.
    public let logPath: String
    private let process: ServerProcess

    /// `redis://127.0.0.1:<port>`
    public var url: String { "redis://127.0.0.1:\(port)" }

    private init(port: Int, socketPath: String?, logPath: String, process: ServerProcess) {
        self.port = port
        self.socketPath = socketPath
        self.logPath = logPath
        self.process = process
    }

    /// Starts a Redis and waits until it has read its data and answers.
    ///
    /// A server that an earlier run left in the folder is stopped first.
    ///
    /// - Throws: `LocalServerError`, which says what to install or shows the end of the server's log.
    public static func start(_ settings: Settings) async throws -> LocalRedis {
        let executable = try settings.search.find("redis-server", install: Install.redis)
        let folder = try ServerFolder(settings.folder)
        let data = folder.path + "/data"
        try Files.makeFolder(data)
        try Files.setMode(data, 0o700)
        let socketPath = try settings.unixSocket ? checkedSocketPath(folder.path + "/redis.sock") : nil
        let arguments = arguments(settings, data: data, socketPath: socketPath)
        let recipe = ServerRecipe(
            name: "redis-server",
            command: { port in
                var command = ChildProcess.Command(executable, ["--port", "\(port)"] + arguments)
                command.environment.merge(settings.environment) { _, new in new }
                return command
            },
            isReady: { port, pid in Probe.redis(port: port, pid: pid) },
            stopSignal: SIGTERM,
            startTimeout: settings.startTimeout,
            stopTimeout: settings.stopTimeout
        )
        let process = try await ServerProcess(recipe, in: folder)
        let port = try await process.start(port: settings.port)
        return LocalRedis(port: port, socketPath: socketPath, logPath: folder.log, process: process)
    }

    /// The server's process id while it runs.
    public var pid: Int32? {
        get async { await process.pid }
    }

    /// Whether it runs.
    public var isRunning: Bool {
        get async { await process.pid != nil }
    }

    /// Stops it cleanly: it writes its append-only file and ends. Kills it if that takes longer than `stopTimeout`.
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

    private static func arguments(_ settings: Settings, data: String, socketPath: String?) -> [String] {
        var arguments = [
            "--bind", "127.0.0.1", "--protected-mode", "yes", "--daemonize", "no",
            "--dir", data, "--save", "", "--appendonly", "yes", "--appendfsync", settings.durability.rawValue,
            "--maxmemory-policy", "noeviction",
        ]
        if let socketPath { arguments += ["--unixsocket", socketPath, "--unixsocketperm", "700"] }
        return arguments + settings.extraArguments
    }
}

/// The path of a Unix socket, if the system can take it: `sun_path` holds 108 bytes on Linux and 104 on macOS.
func checkedSocketPath(_ path: String) throws -> String {
    guard path.utf8.count < 104 else {
        throw LocalServerError.invalid(
            "\(path) is too long for a Unix socket. Choose a data folder nearer to the root.")
    }
    return path
}
