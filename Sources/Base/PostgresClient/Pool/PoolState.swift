import DequeModule

/// The decisions of a pool, without threads, locks, clocks or connections: who waits, which worker does what, and when
/// a wait is over. Every method is called under the pool's lock and returns what the caller must do after it.
///
/// Workers *ask* for what to do next and are only woken to ask; a worker that is woken in vain asks and waits again. So
/// a lost or needless wake-up is harmless, and the design keeps the queue strictly first come, first served.
package struct PoolState<Job: Sendable>: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// A body that waits for a connection.
    package struct Waiter: Sendable {
        package let id: UInt64
        package let deadline: Instant
        package let job: Job
    }

    /// The state of a worker.
    package enum Worker: Hashable, Sendable {
        /// No connection, and none wanted: it opens one only when a body that came in chose it (`connecting`).
        case cold
        /// Opening a connection. Success leads to `woken`, failure to `resting`.
        case connecting
        /// No connection, and no attempt before this time. Then `connecting` if a body waits, or else `cold`.
        case resting(until: Instant)
        /// Connected, asleep. A body that comes in leads to `woken`; the loss of the connection to `resting`, as from
        /// all that are connected.
        case idle
        /// Connected, and told to ask for work. Asking leads to `busy`, or to `idle` if no body waits.
        case woken
        /// Running a body. Its end leads to `idle` if no other waits, or else to the next one.
        case busy
        /// Ended. Final; every worker gets here when it asks after the pool was closed.
        case stopped
    }

    /// The next step of a worker.
    package enum Order: Sendable {
        case run(Waiter)
        case connect
        /// Sleep until woken, or until that time.
        case wait(until: Instant?)
        case stop
    }

    package enum Submission: Hashable, Sendable {
        /// Wake that worker, and the keeper (which ends overdue waits) if `wakeKeeper` is set.
        case accepted(wake: Int?, wakeKeeper: Bool)
        case overloaded
        case closed
    }

    package private(set) var workers: [Worker]
    package private(set) var waiting: Deque<Waiter> = []
    package private(set) var isClosed = false
    /// Why the last attempt to connect failed; `nil` from the next success on.
    package private(set) var lastConnectFailure: String?

    private let maxWaiting: Int
    private let acquireTimeout: Duration
    /// Idle workers, the one that ran last at the end: it is taken first, so that no more connections are used than
    /// needed.
    private var idleOrder: [Int] = []
    /// Whether the keeper sleeps with a deadline. Deadlines only grow along the queue, so a later waiter needs no
    /// wake-up.
    private var keeperArmed = false

    package init(size: Int, maxWaiting: Int, acquireTimeout: Duration) {
        workers = Array(repeating: .cold, count: size)
        self.maxWaiting = maxWaiting
        self.acquireTimeout = acquireTimeout
    }

    /// Whether any worker has a connection.
    package var isConnected: Bool { workers.contains { $0 == .idle || $0 == .woken || $0 == .busy } }

    /// Whether every worker has ended.
    package var isStopped: Bool { workers.allSatisfy { $0 == .stopped } }

    // MARK: Callers

    /// A body asks for a connection.
    package mutating func submit(id: UInt64, _ job: Job, now: Instant) -> Submission {
        guard !isClosed else { return .closed }
        guard waiting.count < maxWaiting else { return .overloaded }
        waiting.append(Waiter(id: id, deadline: now + acquireTimeout, job: job))
        let worker = wakeOne()
        return .accepted(wake: worker, wakeKeeper: keeperIsNeeded())
    }

    /// A waiting body is given up by its caller; `nil` if it does not wait any more.
    package mutating func cancel(id: UInt64) -> Waiter? {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return nil }
        return waiting.remove(at: index)
    }

    /// Takes no more bodies, and returns those that wait. Running bodies continue, and every worker ends when it asks
    /// next.
    package mutating func close() -> [Waiter] {
        isClosed = true
        defer { waiting.removeAll() }
        return Array(waiting)
    }

    // MARK: Workers

    /// A worker asks what to do.
    package mutating func next(worker: Int, now: Instant) -> Order {
        if isClosed {
            workers[worker] = .stopped
            return .stop
        }
        switch workers[worker] {
        case .idle, .woken, .busy:
            guard let waiter = waiting.popFirst() else {
                markIdle(worker)
                return .wait(until: nil)
            }
            idleOrder.removeAll { $0 == worker }
            workers[worker] = .busy
            return .run(waiter)
        case .resting(let end) where now < end: return .wait(until: end)
        case .cold: return .wait(until: nil)
        case .resting:
            guard !waiting.isEmpty else {
                workers[worker] = .cold
                return .wait(until: nil)
            }
            workers[worker] = .connecting
            return .connect
        case .connecting: return .connect
        case .stopped: return .stop
        }
    }

    /// A worker's body has ended. With nobody waiting, the worker counts as idle at once, before its caller hears of
    /// the end and asks for the next body: callers that take turns then share one connection.
    package mutating func finished(worker: Int) {
        if waiting.isEmpty { markIdle(worker) }
    }

    /// A worker has opened its connection.
    package mutating func connected(worker: Int) {
        workers[worker] = .woken
        lastConnectFailure = nil
    }

    /// A worker could not open its connection. Returns whom to wake, as ``lost(worker:retryAt:)`` does.
    package mutating func connectFailed(
        worker: Int, reason: String, retryAt: Instant
    ) -> (worker: Int?, keeper: Bool) {
        lastConnectFailure = reason
        return lost(worker: worker, retryAt: retryAt)
    }

    /// A worker's connection is gone. Returns whom to wake in its place: another worker, and the keeper.
    package mutating func lost(worker: Int, retryAt: Instant) -> (worker: Int?, keeper: Bool) {
        idleOrder.removeAll { $0 == worker }
        workers[worker] = .resting(until: retryAt)
        let other = waiting.isEmpty ? nil : wakeOne()
        return (other, keeperIsNeeded())
    }

    // MARK: The keeper

    /// The waits that are over by now, and when to look again.
    package mutating func expire(now: Instant) -> (expired: [Waiter], next: Instant?) {
        var expired: [Waiter] = []
        while let first = waiting.first, first.deadline <= now {
            expired.append(first)
            waiting.removeFirst()
        }
        keeperArmed = !waiting.isEmpty
        return (expired, waiting.first?.deadline)
    }

    // MARK: Wake-ups

    /// An idle worker, or else one that has yet to connect.
    private mutating func wakeOne() -> Int? {
        if let worker = idleOrder.popLast() {
            workers[worker] = .woken
            return worker
        }
        guard let cold = workers.firstIndex(of: .cold) else { return nil }
        workers[cold] = .connecting
        return cold
    }

    private mutating func markIdle(_ worker: Int) {
        guard workers[worker] != .idle else { return }
        workers[worker] = .idle
        idleOrder.append(worker)
    }

    /// In the common case a connected worker takes the body at once, and the keeper is left asleep.
    private mutating func keeperIsNeeded() -> Bool {
        guard !waiting.isEmpty, !keeperArmed else { return false }
        let takers = workers.count { $0 == .woken }
        guard waiting.count > takers else { return false }
        keeperArmed = true
        return true
    }
}
