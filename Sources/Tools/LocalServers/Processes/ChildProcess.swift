import Foundation
import Synchronization

/// A process of our own making, in a process group of its own: Ctrl-C in the terminal reaches only us, and we decide
/// in which order the others stop.
///
/// Built on `posix_spawn`. Foundation's `Process` cannot choose the process group, reset the signals, hand over exactly
/// the given descriptors, or wait without a run loop. swift-subprocess (1.0.2) can do most of that, but it runs a
/// process for the length of one closure, and closes every descriptor from 3 on. Servers outlive the call that starts
/// them, the watchdog of the tests outlives its parent, and a server holds its folder's lock as descriptor 3.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package enum Exit: Sendable, Equatable, CustomStringConvertible {
        case code(Int32)
        case signal(Int32)
        /// Somebody else collected the exit status (SIGCHLD is ignored in this process, for instance).
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

    /// Sends a signal, unless it has ended: its id may belong to a stranger by then.
    package func signal(_ number: Int32) {
        status.withLock { status in
            if collect(&status) == nil { _ = Foundation.kill(pid, number) }
        }
    }

    /// Waits for the end; nil when it still runs after `time`.
    package func wait(_ time: Duration) async -> Exit? {
        await Blocking.poll(for: time) { self.exit }
    }

    /// Asks it to end with a signal, and kills it when it has not done so within `time`.
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
    /// - Returns: what it wrote to both outputs, its last 16 KiB.
    /// - Throws: `LocalServerError.commandFailed` when it ends with another code than 0, or not in time.
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
