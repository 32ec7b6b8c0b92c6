import Foundation

/// The folder of one server: its owner, the processes that run from it, and its log.
///
/// Two kernel locks show what files alone cannot show, and both end with the processes that hold them:
/// - `owner.lock` is held by the process that manages the server. A second manager is refused.
/// - `server.pid` is held by the server itself, which inherits the descriptor, and by every process that it forks.
///   While it is locked, a process still runs from this folder, and the process id in the file belongs to it.
package struct ServerFolder: Sendable {
    /// The folder, with no links in the path.
    package let path: String
    /// The server's standard output and standard error.
    package var log: String { path + "/server.log" }
    private var pidFile: String { path + "/server.pid" }

    /// A log over this size is renamed to `server.log.1` before the next start.
    private static let logBytes_max: Int64 = 8 * 1024 * 1024

    /// The folder at `path`, made if it is missing.
    package init(_ path: String) throws {
        try Files.makeFolder(URL(fileURLWithPath: path).path)
        self.path = try Files.realPath(path)
    }

    /// Claims the folder for this process until the result is released.
    ///
    /// - Throws: `LocalServerError.folderInUse` if another process has it, and keeps it for two more seconds.
    package func claim() async throws -> FileLock {
        let file = try Files.open(path + "/owner.lock", O_RDWR | O_CREAT)
        let lock = await Blocking.poll(for: .seconds(2)) { FileLock(file) }
        guard let lock else { throw LocalServerError.folderInUse(path: path) }
        return lock
    }

    /// Whether no process of the server is left.
    package var isQuiet: Bool {
        guard let file = try? openPidFile() else { return false }
        return FileLock(file) != nil
    }

    /// Stops a server of an earlier run, if one still runs.
    ///
    /// - Throws: `LocalServerError.leftoverServer` when it cannot be stopped.
    package func stopLeftover(_ signal: Int32, within time: Duration) async throws {
        if isQuiet { return }
        for (signal, time) in [(signal, time), (SIGKILL, .seconds(10))] {
            // Our servers lead their own process group: one more sign that the id belongs to one of them.
            if let pid = recordedPid, getpgid(pid) == pid { kill(pid, signal) }
            if await becomesQuiet(within: time) { return }
        }
        throw LocalServerError.leftoverServer(path: path)
    }

    /// Waits until no process of the server is left.
    package func becomesQuiet(within time: Duration) async -> Bool {
        await Blocking.poll(for: time) { isQuiet ? true : nil } ?? false
    }

    /// Starts a process that holds `server.pid` as long as it lives.
    package func launch(_ command: ChildProcess.Command) throws -> ChildProcess {
        let pidFile = try openPidFile()
        guard flock(pidFile.number, LOCK_EX | LOCK_NB) == 0 else {
            throw LocalServerError.leftoverServer(path: path)
        }
        let log = try openLog()
        let child = try ChildProcess.spawn(command, output: log, held: pidFile)
        do {
            try Files.replaceContent(of: pidFile, with: "\(child.pid)\n", path: self.pidFile)
        } catch {
            child.signal(SIGKILL)
            throw error
        }
        return child
    }

    /// Forgets the process id of a server that has ended.
    package func forgetPid() {
        truncate(pidFile, 0)
    }

    /// The length of the log now: later lines belong to the next start.
    package var logEnd: Int64 {
        (try? Files.open(log, O_RDONLY)).map(Files.size) ?? 0
    }

    private var recordedPid: pid_t? {
        guard let file = try? Files.open(pidFile, O_RDONLY) else { return nil }
        let text = Files.tail(file, lines: 1)
        return pid_t(text).flatMap { $0 > 1 ? $0 : nil }
    }

    private func openPidFile() throws -> Descriptor {
        try Files.open(pidFile, O_RDWR | O_CREAT)
    }

    private func openLog() throws -> Descriptor {
        if logEnd > Self.logBytes_max { rename(log, log + ".1") }
        return try Files.open(log, O_WRONLY | O_CREAT | O_APPEND)
    }
}
