import Dispatch
import Foundation
import Logging
import Metrics
import NIOConcurrencyHelpers
import Synchronization

/// The part that the pool's threads share: the state under its lock, and a semaphore for each thread to sleep on.
final class PoolCore: Sendable {
    /// A body with its caller's continuation inside. Exactly one of the two closures is called, once: whoever takes the
    /// job out of the state, under its lock, calls.
    struct Job: Sendable {
        /// Runs the body, and returns a closure that hands its outcome to the caller.
        let run: @Sendable (PostgresConnection) -> () -> Void
        let fail: @Sendable (any Error) -> Void
        let place: PostgresError.Place
    }

    typealias Waiter = PoolState<Job>.Waiter

    let configuration: PostgresConfiguration
    let parameters: ConnectionParameters
    let logger: Logger
    let metrics: PostgresMetrics
    let state: NIOLockedValueBox<PoolState<Job>>
    /// Finished when the last worker has ended.
    let stopped: AsyncStream<Never>
    private let stoppedEnd: AsyncStream<Never>.Continuation
    private let workerBells: [DispatchSemaphore]
    private let keeperBell = DispatchSemaphore(value: 0)
    private let nextJob = Atomic<UInt64>(0)
    /// Connections up to this number lead to a server that is of no use.
    private let spentUpTo = Atomic<UInt64>(0)

    init(
        _ configuration: PostgresConfiguration, _ parameters: ConnectionParameters, _ logger: Logger,
        _ factory: any MetricsFactory
    ) {
        self.configuration = configuration
        self.parameters = parameters
        self.logger = logger
        metrics = PostgresMetrics(pool: configuration.poolName, factory: factory)
        state = NIOLockedValueBox(
            PoolState(
                size: configuration.poolSize, maxWaiting: configuration.maxWaiting,
                acquireTimeout: configuration.acquireTimeout))
        workerBells = (0..<configuration.poolSize).map { _ in DispatchSemaphore(value: 0) }
        (stopped, stoppedEnd) = AsyncStream.makeStream(of: Never.self)
    }

    /// Starts the threads. They end after ``close()``.
    func start() {
        for index in workerBells.indices {
            startThread("\(index)") { [self] in
                PoolWorker(core: self, index: index).run()
            }
        }
        startThread("keeper") { [self] in keep() }
    }

    private func startThread(_ role: String, _ body: @escaping @Sendable () -> Void) {
        // Linux keeps 15 bytes of a name, and takes it from the thread itself only.
        let name = String("pg-\(configuration.poolName.prefix(5))-\(role)".prefix(15))
        Thread {
            Thread.current.name = name
            body()
        }.start()
    }

    // MARK: Callers

    func newJobID() -> UInt64 { nextJob.wrappingAdd(1, ordering: .relaxed).newValue }

    func submit(id: UInt64, _ job: Job) {
        // Counted first, since a worker may have taken the job before `submit` returns.
        metrics.waiting.increment()
        switch state.withLockedValue({ $0.submit(id: id, job, now: .now) }) {
        case .accepted(let worker, let wakeKeeper): wake((worker, wakeKeeper))
        case .overloaded:
            metrics.waiting.decrement()
            metrics.failed(.overloaded)
            job.fail(
                PostgresError(
                    .overloaded, code: PostgresError.Code.poolOverloaded,
                    "\(configuration.maxWaiting) others wait for a connection to Postgres already.",
                    hint: "Raise poolSize, or find out which statements take long.", at: job.place))
        case .closed:
            metrics.waiting.decrement()
            job.fail(Self.closedError(job.place))
        }
    }

    func cancel(id: UInt64) {
        guard let waiter = state.withLockedValue({ $0.cancel(id: id) }) else { return }
        metrics.waiting.decrement()
        waiter.job.fail(CancellationError())
    }

    func close() {
        for waiter in state.withLockedValue({ $0.close() }) {
            metrics.waiting.decrement()
            waiter.job.fail(Self.closedError(waiter.job.place))
        }
        for bell in workerBells { bell.signal() }
        keeperBell.signal()
    }

    private static func closedError(_ place: PostgresError.Place) -> PostgresError {
        PostgresError(
            .connection, code: PostgresError.Code.poolClosed, "The Postgres pool has been shut down.", at: place)
    }

    /// The server is of no use any more: all present connections are given up before their next body.
    func distrustConnections() {
        spentUpTo.max(PostgresConnection.latestID, ordering: .relaxed)
    }

    func isDistrusted(_ connection: PostgresConnection) -> Bool {
        connection.id <= spentUpTo.load(ordering: .relaxed)
    }

    // MARK: Threads

    /// Sleeps until the worker's bell rings, or until a time.
    func sleep(worker: Int, until end: Instant?) {
        Self.wait(workerBells[worker], until: end)
    }

    func wake(_ whom: (worker: Int?, keeper: Bool)) {
        if let worker = whom.worker { workerBells[worker].signal() }
        if whom.keeper { keeperBell.signal() }
    }

    func workerStopped() {
        if state.withLockedValue({ $0.isStopped }) { stoppedEnd.finish() }
    }

    /// The keeper's thread: ends waits for a connection on time, even while every worker is stuck in a statement.
    private func keep() {
        while true {
            let (look, isClosed) = state.withLockedValue { ($0.expire(now: .now), $0.isClosed) }
            for waiter in look.expired {
                metrics.waiting.decrement()
                let error = expiredError(waiter)
                metrics.failed(error.kind)
                waiter.job.fail(error)
            }
            if isClosed { return }
            Self.wait(keeperBell, until: look.next)
        }
    }

    /// Returns the error for a waiter whose time is over. While all connections are down, the error gives the reason.
    private func expiredError(_ waiter: Waiter) -> PostgresError {
        let failure = state.withLockedValue { $0.isConnected ? nil : $0.lastConnectFailure }
        let limit = configuration.acquireTimeout
        if let failure {
            return PostgresError(
                .connection, code: PostgresError.Code.connectFailed, "Postgres could not be reached within \(limit).",
                detail: failure, at: waiter.job.place)
        }
        return PostgresError(
            .timeout, code: PostgresError.Code.acquireTimeout,
            "No connection to Postgres became free within \(limit).", at: waiter.job.place)
    }

    private static func wait(_ bell: DispatchSemaphore, until end: Instant?) {
        guard let end else { return bell.wait() }
        let left = max(.zero, Instant.now.duration(to: end))
        _ = bell.wait(timeout: .now() + .milliseconds(Int(left.millisecondsRoundedUp)))
    }
}
