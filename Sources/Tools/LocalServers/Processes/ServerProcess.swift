import Foundation

/// One kind of server.
struct ServerRecipe: Sendable {
    /// The name for messages.
    var name: String
    /// The command that runs it in the foreground on a port.
    var command: @Sendable (_ port: Int) throws -> ChildProcess.Command
    /// Whether the process with this id serves on this port now. May block for a moment.
    var isReady: @Sendable (_ port: Int, _ pid: pid_t) -> Bool
    /// The signal for a clean and quick end.
    var stopSignal: Int32
    var startTimeout: Duration
    var stopTimeout: Duration
}

/// One server: starts it, watches it, stops it. Calls are meant to come one after another.
actor ServerProcess {
    private let recipe: ServerRecipe
    private let folder: ServerFolder
    /// Held until a clean stop, also through a crash.
    private var claim: FileLock?
    private var child: ChildProcess?

    /// Claims the folder and stops a server that an earlier run left in it.
    init(_ recipe: ServerRecipe, in folder: ServerFolder) async throws {
        self.recipe = recipe
        self.folder = folder
        self.claim = try await folder.claim()
        try await folder.stopLeftover(recipe.stopSignal, within: recipe.stopTimeout)
        folder.forgetPid()
    }

    var pid: pid_t? { child.flatMap { $0.isRunning ? $0.pid : nil } }

    /// Starts it and waits until it serves.
    ///
    /// A server that ends at once gets two more attempts: another process may have taken the free port meanwhile, and
    /// Postgres refuses to start for a moment after a crash.
    ///
    /// - Parameter port: nil for a free one.
    /// - Returns: the port that it serves on.
    func start(port: Int?) async throws -> Int {
        guard child == nil else { throw LocalServerError.invalid("\(recipe.name) is started already.") }
        if claim == nil { claim = try await folder.claim() }
        let deadline = ContinuousClock.now + recipe.startTimeout
        let tries_max = 3
        var tries = 1
        while true {
            let port = try port ?? FreePort.take()
            do {
                try await attempt(port: port, deadline: deadline)
                return port
            } catch let error as LocalServerError where tries < tries_max && ContinuousClock.now < deadline {
                guard case .startFailed = error else { throw error }
                tries += 1
                await Blocking.pause(.milliseconds(Int.random(in: 100...200) * tries))
            }
        }
    }

    /// Stops it cleanly, or kills it if that takes too long, and releases the folder.
    func stop() async {
        await end(recipe.stopSignal)
        claim?.release()
        claim = nil
    }

    /// Kills it at once, as a crash would, and waits until all its processes are gone.
    func kill() async {
        await end(SIGKILL)
    }

    private func end(_ signal: Int32) async {
        guard let child else { return }
        await child.stop(signal, within: recipe.stopTimeout)
        // The children of a killed Postgres notice a moment later that it is gone, and end.
        _ = await folder.becomesQuiet(within: .seconds(10))
        folder.forgetPid()
        self.child = nil
    }

    private func attempt(port: Int, deadline: ContinuousClock.Instant) async throws {
        let logStart = folder.logEnd
        let child = try folder.launch(recipe.command(port))
        let ready = recipe.isReady
        var reason = "it was not ready within \(recipe.startTimeout)"
        while ContinuousClock.now < deadline {
            if let exit = child.exit {
                reason = exit.description
                break
            }
            if Task.isCancelled { break }
            if try await Blocking.run({ ready(port, child.pid) }) {
                self.child = child
                return
            }
            await Blocking.pause(.milliseconds(20))
        }
        await child.stop(SIGKILL, within: .zero)
        _ = await folder.becomesQuiet(within: .seconds(10))
        folder.forgetPid()
        try Task.checkCancellation()
        let log = Files.tail(folder.log, from: logStart)
        throw LocalServerError.startFailed(server: recipe.name, reason: reason, log: log)
    }
}
