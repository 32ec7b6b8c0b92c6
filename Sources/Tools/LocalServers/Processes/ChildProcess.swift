import Foundation
import Synchronization

/// A child process in a process group of its own: Ctrl-C in the terminal reaches only this process, which decides on
/// the order in which the others stop.
///
/// It uses `posix_spawn` and not Foundation's `Process`, which cannot choose the process group, reset the signals, pass
/// exactly the given descriptors on, or wait without a run loop.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum Exit: Sendable, Equatable, CustomStringConvertible {
        case code(Int32)
        case signal(Int32)
        /// Other code collected the exit status (for example, SIGCHLD is ignored in this process).
        case unknown

        package var description: String {
            switch self {
            case .code(let code): "it ended with code \(code)"
            case .signal(let number): "it was ended by signal \(number)"
            case .unknown: "it ended"
            }
        }
    }

    /// Its process id, which is also the id of its group.
    package let pid: pid_t
    private let status = Mutex<Exit?>(nil)

    init(pid: pid_t) {
        self.pid = pid
    }

    /// How it ended; nil while it runs.
    package var exit: Exit? {
        status.withLock { collect(&$0) }
    }

    /// Whether it still runs.
    package var isRunning: Bool { exit == nil }

    /// Sends a signal, unless the process has ended: its id may then belong to another process.
    package func signal(_ number: Int32) {
        status.withLock { status in
            if collect(&status) == nil { _ = Foundation.kill(pid, number) }
        }
    }

    /// Waits for the end; nil if it still runs after `time`.
    package func wait(_ time: Duration) async -> Exit? {
        await Blocking.poll(for: time) { self.exit }
    }

    /// Asks it to end with a signal, and kills it if it has not ended within `time`.
    @discardableResult
    package func stop(_ number: Int32, within time: Duration) async -> Exit? {
        signal(number)
        if let exit = await wait(time) { return exit }
        signal(SIGKILL)
        return await wait(.seconds(10))
    }

    /// Collects the exit status once; the lock around it keeps `signal` from reaching an id that is free again.
    private func collect(_ status: inout Exit?) -> Exit? {
        if let known = status { return known }
        var raw: Int32 = 0
        let result = waitpid(pid, &raw, WNOHANG)
        if result == pid {
            status = raw & 0x7F == 0 ? .code((raw >> 8) & 0xFF) : .signal(raw & 0x7F)
        } else if result < 0, errno == ECHILD {
            status = .unknown
        }
        return status
    }
}

extension ChildProcess {
    /// Runs a short command to its end.
    ///
    /// - Returns: the last 16 KiB of its output and errors.
    /// - Throws: `LocalServerError.commandFailed` if it ends with another code than 0, or not in time.
    @discardableResult
    package static func run(_ command: Command, within time: Duration) async throws -> String {
        let output = try Files.openNameless()
        let child = try spawn(command, output: output)
        let exit = await child.wait(time)
        if exit == nil { await child.stop(SIGKILL, within: Duration.zero) }
        let text = Files.tail(output, lines: .max)
        guard exit == .code(0) else {
            throw LocalServerError.commandFailed(
                command: (command.executable as NSString).lastPathComponent,
                reason: exit?.description ?? "it did not end within \(time)",
                output: text
            )
        }
        return text
    }
}
