import Dispatch
import Foundation
import Synchronization

/// Runs a server that ends when this process closes a pipe to it, by `stop()` or because the process dies. If the
/// process dies, the server's folder is removed too.
final class Watchdog: Sendable {
    private struct Running {
        let input: Pipe
        let ended: DispatchSemaphore
    }

    private let running = Mutex<Running?>(nil)

    /// The shell replaces itself with the server. A subshell stays and waits for the end of the pipe. The script does
    /// not use `wait`, because that hangs if the shell was started with SIGCHLD blocked, as threads of Dispatch do.
    private static let script = """
        exec 3<&0
        (
            exec >/dev/null 2>&1
            read -r word <&3
            kill -CONT $$
            kill -QUIT $$
            [ "$word" = keep ] && exit
            for _ in 1 2 3 4 5 6 7 8 9 10; do [ -e "$FOLDER/data/postmaster.pid" ] && sleep 0.3; done
            rm -rf "$FOLDER"
        ) &
        exec 3<&- "$@" </dev/null >>"$LOG" 2>&1
        """

    /// - Parameters:
    ///   - command: the program and arguments of the server.
    ///   - log: the file for the server's output.
    ///   - folder: the folder that is removed if this process dies.
    func start(_ command: [String], log: String, folder: String) throws {
        let process = Process()
        let running = Running(input: Pipe(), ended: DispatchSemaphore(value: 0))
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", Self.script, "watchdog"] + command
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.environment = ProcessInfo.processInfo.environment.merging(["LOG": log, "FOLDER": folder]) { $1 }
        process.standardInput = running.input
        process.terminationHandler = { [ended = running.ended] _ in ended.signal() }
        try process.run()
        self.running.withLock { $0 = running }
    }

    /// Stops the server, and waits until it is gone, for ten seconds at most.
    func stop() {
        let ending = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let ending else { return }
        try? ending.input.fileHandleForWriting.write(contentsOf: Data("keep\n".utf8))
        try? ending.input.fileHandleForWriting.close()
        _ = ending.ended.wait(timeout: .now() + 10)
    }
}
