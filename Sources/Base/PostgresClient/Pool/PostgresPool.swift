import Logging
import Metrics

/// A fixed number of threads with one libpq connection each, and a bounded queue in front of them.
///
/// libpq blocks, so it is kept off Swift's cooperative threads and off event loops: a body runs on a thread of the
/// pool, synchronously, from its first statement to its last. Connections are opened when they are first needed.
///
/// - A broken connection is closed, and opened again after a ``Backoff`` before the next body gets it. A body is never
///   run twice: the caller decides whether to try again (see ``PostgresError/effectUnknown``).
/// - A pool with `poolSize` 1 is a dedicated session: every body gets the same connection until it breaks, and a
///   changed ``PostgresConnection/id`` says that it did.
public final class PostgresPool: Sendable {
    private let core: PoolCore

    /// Starts the threads, and opens no connection yet.
    /// - Throws: `.misuse` with ``PostgresError/Code/badConfiguration`` and every problem of the configuration.
    public init(
        configuration: PostgresConfiguration, logger: Logger = Logger(label: "scorecast.postgres"),
        metrics: any MetricsFactory = MetricsSystem.factory,
        file: String = #fileID, line: UInt = #line
    ) throws(PostgresError) {
        let problems = configuration.validate()
        guard problems.isEmpty, case .success(let url) = ConnectionURL.parse(configuration.url) else {
            throw PostgresError(
                .misuse, code: PostgresError.Code.badConfiguration, problems.joined(separator: " "),
                at: .init(file: file, line: line))
        }
        let forgotten = PostgresEnvironment.forget()
        if !forgotten.isEmpty {
            logger.notice(
                "Environment variables of libpq are not used: what they say belongs into the URL",
                metadata: ["variables": "\(forgotten.joined(separator: ", "))"])
        }
        core = PoolCore(configuration, ConnectionParameters(url, configuration), logger, metrics)
        core.start()
    }

    deinit {
        core.close()
    }

    /// Runs `body` on a thread of the pool, with the connection that this thread owns.
    ///
    /// Cancelling the calling task ends the wait for a connection; a body that has started runs to its end.
    /// - Parameter body: must not keep the connection, nor wait for anything but the connection.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws; `.overloaded`, when `maxWaiting` bodies wait already; `.timeout`, when no
    ///   connection was free within `acquireTimeout`, or `.connection`, when none could be opened within it;
    ///   `.connection` after ``shutdown(grace:)``; `CancellationError`, if cancelled before the start. In all but the
    ///   first case `body` did not run.
    @discardableResult
    public func withConnection<Value: Sendable>(
        file: String = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        let id = core.newJobID()
        let place = PostgresError.Place(file: file, line: line)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
                let job = PoolCore.Job(
                    run: { connection in
                        let outcome = Result { try connection.runWhole(body, at: place) }
                        return { continuation.resume(with: outcome) }
                    },
                    fail: { error in continuation.resume(throwing: error) },
                    place: place)
                core.submit(id: id, job)
                // The handler may have run before there was anything to cancel.
                if Task.isCancelled { core.cancel(id: id) }
            }
        } onCancel: {
            core.cancel(id: id)
        }
    }

    /// Runs `body` in a transaction: COMMIT when it returns, ROLLBACK when it throws.
    /// - Throws: as ``withConnection(file:line:_:)`` and ``PostgresConnection/transaction(isolation:file:line:_:)``;
    ///   `.unknownOutcome` when COMMIT was not answered.
    @discardableResult
    public func transaction<Value: Sendable>(
        isolation: PostgresIsolation = .readCommitted, file: String = #fileID, line: UInt = #line,
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await withConnection(file: file, line: line) { connection in
            try connection.transaction(isolation: isolation, file: file, line: line, body)
        }
    }

    /// Refuses new bodies, fails those that wait, lets running ones end, and closes the connections.
    /// - Parameter grace: how long to wait for running bodies.
    /// - Returns: whether all of them ended in time. Those that did not still run to their end, on their threads.
    @discardableResult
    public func shutdown(grace: Duration = .seconds(15)) async -> Bool {
        core.close()
        let ended = await withTaskGroup(of: Bool.self) { group in
            group.addTask { [stopped = core.stopped] in
                for await _ in stopped {}
                return !Task.isCancelled
            }
            group.addTask {
                try? await Task.sleep(for: grace)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        if !ended { core.logger.warning("Postgres pool shut down with bodies still running") }
        return ended
    }
}
