import Foundation
import LocalServers

/// The real binary, started as a user starts it.
public final class ScorecastProcess: Sendable {
    /// The result of a command that has ended.
    public struct Outcome: Sendable {
        /// Its exit code; 128 + the signal's number when a signal ended it.
        public let code: Int
        /// Its standard output.
        public let output: String
        /// Its standard error.
        public let errors: String
    }

    /// The port in `SCORECAST_HTTP_PORT`.
    public let port: Int
    /// The file with both its outputs.
    public let logPath: String
    private let child: ChildProcess
    private let folder: ServerFolder
    private let environment: [String: String]

    private init(port: Int, child: ChildProcess, folder: ServerFolder, environment: [String: String]) {
        self.environment = environment
        self.port = port
        self.logPath = folder.log
        self.child = child
        self.folder = folder
    }

    /// Starts it, and returns at once.
    ///
    /// - Parameters:
    ///   - arguments: such as `["serve", "--roles", "api"]`.
    ///   - environment: its settings. `SCORECAST_…` variables of the test process do not reach it.
    ///   - port: for `SCORECAST_HTTP_PORT`; nil for a free one.
    public static func launch(
        _ arguments: [String], environment: [String: String] = [:], port: Int? = nil
    ) throws -> ScorecastProcess {
        let port = try port ?? FreePort.take()
        let folder = try ServerFolder(makeTestFolder("scorecast"))
        var command = ChildProcess.Command(try executable(), arguments)
        command.environment["SCORECAST_HTTP_PORT"] = "\(port)"
        command.environment.merge(environment) { _, new in new }
        return ScorecastProcess(port: port, child: try folder.launch(command), folder: folder, environment: environment)
    }

    /// Starts it and waits until `GET /readyz` answers 200.
    ///
    /// - Throws: `LocalServerError.startFailed` with the end of its log.
    public static func start(
        _ arguments: [String], environment: [String: String] = [:], port: Int? = nil,
        within time: Duration = .seconds(60)
    ) async throws -> ScorecastProcess {
        let process = try launch(arguments, environment: environment, port: port)
        try await process.becomesReady(within: time)
        return process
    }

    /// Runs a command that ends by itself.
    ///
    /// - Throws: `LocalServerError.commandFailed` only if it does not end in time.
    public static func run(
        _ arguments: [String], environment: [String: String] = [:], within time: Duration = .seconds(60)
    ) async throws -> Outcome {
        var command = ChildProcess.Command(try executable(), arguments)
        command.environment.merge(environment) { _, new in new }
        let output = try Files.openNameless()
        let errors = try Files.openNameless()
        let child = try ChildProcess.spawn(command, output: output, errors: errors)
        let exit = await child.wait(time)
        if exit == nil { await child.stop(SIGKILL, within: Duration.zero) }
        let text = { (file: Descriptor) in
            String(decoding: Files.read(file, from: 0, bytes_max: 4 * 1024 * 1024), as: UTF8.self)
        }
        guard let exit else {
            let reason = "it did not end within \(time)"
            throw LocalServerError.commandFailed(command: "scorecast", reason: reason, output: text(errors))
        }
        return Outcome(code: exitCode(exit), output: text(output), errors: text(errors))
    }

    /// Waits until `GET /readyz` answers 200.
    ///
    /// - Throws: `LocalServerError.startFailed` with the end of its log, if it ends or is not ready in time.
    public func becomesReady(within time: Duration = .seconds(60)) async throws {
        let deadline = ContinuousClock.now + time
        var reason = "GET /readyz gave no answer within \(time)"
        while ContinuousClock.now < deadline {
            if let exit = child.exit {
                reason = exit.description
                break
            }
            try Task.checkCancellation()
            if let answer = try? await TinyHTTP.request(port: port, "/readyz", timeout: .seconds(2)) {
                if answer.status == 200 { return }
                reason = "GET /readyz answered \(answer.status) for \(time): \(answer.text)"
            }
            await Blocking.pause(.milliseconds(50))
        }
        await kill()
        throw LocalServerError.startFailed(server: "scorecast", reason: reason, log: log)
    }

    /// The last lines of its output.
    public var log: String { Files.tail(logPath, lines: 60) }

    /// Its process id.
    public var pid: Int32 { child.pid }

    /// Whether it still runs.
    public var isRunning: Bool { child.isRunning }

    /// Asks it to end (SIGTERM) and waits; kills it if that takes longer than `time`.
    ///
    /// - Returns: its exit code; 128 + the signal's number when a signal ended it.
    @discardableResult
    public func terminate(within time: Duration = .seconds(30)) async -> Int {
        await end(SIGTERM, within: time)
    }

    /// Kills it at once (SIGKILL), as a crash would.
    public func kill() async {
        await end(SIGKILL, within: .seconds(10))
    }

    /// Sends a signal, such as SIGSTOP or SIGCONT, and returns at once.
    public func signal(_ number: Int32) {
        child.signal(number)
    }

    @discardableResult
    private func end(_ signal: Int32, within time: Duration) async -> Int {
        let exit = await child.stop(signal, within: time)
        folder.forgetPid()
        LogSecrets.check((try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "", environment: environment)
        return exit.map(Self.exitCode) ?? -1
    }

    private static func exitCode(_ exit: ChildProcess.Exit) -> Int {
        switch exit {
        case .code(let code): Int(code)
        case .signal(let number): 128 + Int(number)
        case .unknown: -1
        }
    }

    /// The binary under test: `SCORECAST_BIN`, or the one that was built with this test bundle.
    ///
    /// - Throws: `LocalServerError.missingExecutable`, which says how to build it.
    public static func executable() throws -> String {
        if let path = ProcessInfo.processInfo.environment["SCORECAST_BIN"] {
            // An absolute path: the process may be started in another folder.
            return try Files.realPath(path)
        }
        let places = [Bundle.main.executablePath] + Bundle.allBundles.map(\.bundlePath)
        let folders = places.compactMap { $0 }.map { ($0 as NSString).deletingLastPathComponent }
        return try ExecutableSearch(folders: folders).find("scorecast", install: "swift build -c release")
    }
}
