import Dispatch
import Foundation
import HTTPKit
import Metrics
import NIOConcurrencyHelpers

/// Hashes passwords on threads of its own, so that no event loop and no thread of Swift waits for one.
///
/// Each thread makes one hash at a time, which takes ``ScryptParameters/bytes`` of memory. A bounded number waits;
/// whoever comes after them, or waits for too long, gets 503.
package final class PasswordHasher: PasswordHashing {
    private let core: Core

    /// - Parameters:
    ///   - parameters: the cost of new hashes.
    ///   - threads: one for each core.
    ///   - waitingMax: how many wait at most.
    ///   - patience: how long each waits at most.
    package init(
        parameters: ScryptParameters = .recommended, threads: Int, waitingMax: Int = 64,
        patience: Duration = .seconds(5), metrics: any MetricsFactory = MetricsSystem.factory
    ) throws {
        core = Core(
            parameters: parameters, dummy: try PasswordHash.make("nobody's", parameters),
            queue: PasswordQueue(waitingMax: waitingMax, patience: patience), metrics: metrics)
        for index in 0..<max(1, threads) { core.startThread(index) }
    }

    deinit { core.close() }

    /// The hashes that were made, or compared, since the start.
    package var hashes: Int { core.state.withLockedValue { $0.hashes } }

    /// See `PasswordHashing`.
    package func hash(_ password: String) async throws(APIError) -> String {
        try await core.run { try PasswordHash.make(password, $0.parameters).text }
    }

    /// See `PasswordHashing`. A malformed hash is treated as none.
    package func verify(_ password: String, against hash: String?) async throws(APIError) -> Bool {
        try await core.run { core in
            let known = hash.flatMap { PasswordHash($0) }
            return try (known ?? core.dummy).matches(password) && known != nil
        }
    }
}

/// The part that the threads share. They hold it, and not the hasher, so that they end with the hasher.
private final class Core: Sendable {
    struct Job: Sendable {
        let run: @Sendable () -> Void
        let refuse: @Sendable () -> Void
    }

    struct State {
        var queue: PasswordQueue<Job>
        var hashes = 0
    }

    let parameters: ScryptParameters
    /// Takes the place of the hash of a user who does not exist.
    let dummy: PasswordHash
    let state: NIOLockedValueBox<State>
    private let bell = DispatchSemaphore(value: 0)
    private let waiting: Gauge
    private let refused: Counter
    private let seconds: Metrics.Timer

    init(
        parameters: ScryptParameters, dummy: PasswordHash, queue: PasswordQueue<Job>, metrics: any MetricsFactory
    ) {
        self.parameters = parameters
        self.dummy = dummy
        state = NIOLockedValueBox(State(queue: queue))
        waiting = Gauge(label: "scorecast_passwords_waiting", dimensions: [], factory: metrics)
        refused = Counter(label: "scorecast_passwords_refused_total", dimensions: [], factory: metrics)
        seconds = Metrics.Timer(label: "scorecast_password_hash_seconds", dimensions: [], factory: metrics)
    }

    func startThread(_ index: Int) {
        Thread { [self] in
            Thread.current.name = "password-\(index)"
            work()
        }.start()
    }

    func run<Value: Sendable>(_ body: @escaping @Sendable (Core) throws -> Value) async throws(APIError) -> Value {
        let outcome: Result<Value, APIError> = await withCheckedContinuation { continuation in
            let job = Job(
                run: { [self] in
                    let start = DispatchTime.now().uptimeNanoseconds
                    let value = Result { try body(self) }
                    seconds.recordNanoseconds(Int64(DispatchTime.now().uptimeNanoseconds - start))
                    // The library fails only if there is no memory.
                    continuation.resume(returning: value.mapError { _ in .unavailable })
                },
                refuse: { [self] in
                    refused.increment()
                    continuation.resume(returning: .failure(.unavailable))
                })
            let now = ContinuousClock.now
            let (isTaken, late) = state.withLockedValue { state in
                let late = state.queue.expired(now: now)
                return (state.queue.add(job, now: now), late)
            }
            for job in late { job.refuse() }
            if isTaken { bell.signal() } else { job.refuse() }
            recordWaiting()
        }
        return try outcome.get()
    }

    /// Works until the queue is closed.
    private func work() {
        while true {
            let (late, order) = state.withLockedValue { state in
                let late = state.queue.expired(now: .now)
                let order = state.queue.next()
                if case .work = order { state.hashes += 1 }
                return (late, order)
            }
            for job in late { job.refuse() }
            switch order {
            case .work(let job):
                recordWaiting()
                job.run()
            case .sleep: bell.wait()
            case .stop:
                // The next one wakes up, too.
                bell.signal()
                return
            }
        }
    }

    func close() {
        for job in state.withLockedValue({ $0.queue.close() }) { job.refuse() }
        bell.signal()
    }

    private func recordWaiting() { waiting.record(state.withLockedValue { $0.queue.count }) }
}
