import LocalServers
import Synchronization
import TestSupport

/// A node that is killed and started again at the same port.
final class FaultNode: Sendable {
    let role: Fault.Role
    let port: Int
    private let environment: [String: String]
    private let process = Mutex<ScorecastProcess?>(nil)
    private let logs = Mutex<[String]>([])

    init(_ role: Fault.Role, environment: [String: String]) throws {
        self.role = role
        self.environment = environment
        port = try FreePort.take()
    }

    /// Starts it, and does not wait until it is ready.
    func start() throws {
        let new = try ScorecastProcess.launch(
            ["serve", "--roles", role.rawValue], environment: environment, port: port)
        process.withLock { $0 = new }
        logs.withLock { $0.append(new.logPath) }
    }

    /// Kills it at once.
    func kill() async { await process.withLock { $0 }?.kill() }

    /// Asks it to end, and waits for that.
    func terminate() async { await process.withLock { $0 }?.terminate() }

    /// Sends a signal.
    func signal(_ number: Int32) { process.withLock { $0 }?.signal(number) }

    var isRunning: Bool { process.withLock { $0 }?.isRunning ?? false }

    /// Whether it says that it is ready.
    var isReady: Bool {
        get async { (try? await TinyHTTP.request(port: port, "/readyz", timeout: .seconds(2)).status) == 200 }
    }

    /// The reason for which it is not ready.
    var readiness: String {
        get async { (try? await TinyHTTP.request(port: port, "/readyz", timeout: .seconds(2)).text) ?? "no answer" }
    }

    /// The last lines of the logs of its last processes.
    var log: String {
        logs.withLock { $0.suffix(3).map { Files.tail($0, lines: 15) }.joined(separator: "\n") }
    }
}
