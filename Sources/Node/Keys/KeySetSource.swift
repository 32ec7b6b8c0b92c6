import Basics
import Logging
import Metrics
import ServiceLifecycle
import Signing
import Synchronization

/// Keeps a key set up to date: fetches it at the start, every few minutes, and when a token names a key that is not in
/// it.
///
/// While the set cannot be fetched, or the document is not a key set, the last good one stays in force.
public final class KeySetSource: Service {
    /// The state of the set.
    private struct State {
        package var current: KeySet?
        /// When the set that is in force was last seen at its source.
        var seenAt: Duration?
        package var isAskedFor = false

        /// Whether somebody has asked for a fetch since this was last looked at.
        mutating func takeAsked() -> Bool {
            defer { isAskedFor = false }
            return isAskedFor
        }
    }

    private let reader: any KeySetReader
    private let times: KeySetTimes
    private let logger: Logger
    private let metrics: KeySetMetrics
    private let now: @Sendable () -> Duration
    private let sleep: @Sendable (Duration) async throws -> Void
    private let onChange: @Sendable (KeySet) throws -> Void

    private let state = Mutex(State())
    private let wakeSignal = WakeSignal()
    private let isKeyUnknown = Atomic(false)

    /// How often the age of the set is measured, at least.
    private static let agePeriod = Duration.seconds(15)

    /// - Parameters:
    ///   - reader: fetches the document.
    ///   - times: how often.
    ///   - clock: measures these times; a clock that time spent asleep does not stop.
    ///   - metrics: where metrics go.
    ///   - onChange: puts a set in force that differs from the one before it. One that it refuses is not taken.
    public init<C: Clock<Duration>>(
        reader: any KeySetReader, times: KeySetTimes = KeySetTimes(), clock: C = ContinuousClock(), logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory,
        onChange: @escaping @Sendable (KeySet) throws -> Void
    ) {
        self.reader = reader
        self.times = times
        self.logger = logger
        self.metrics = KeySetMetrics(factory: metrics)
        let start = clock.now
        now = { start.duration(to: clock.now) }
        sleep = { try await clock.sleep(for: $0) }
        self.onChange = onChange
    }

    /// Whether there is a key set: once there is, there always is.
    public var isLoaded: Bool { state.withLock { $0.current != nil } }

    /// A token named a key that is not in the set. For any thread, and cheap to call for every such token.
    public func noteUnknownKey() {
        guard !isKeyUnknown.exchange(true, ordering: .relaxed) else { return }
        wakeSignal.ring()
    }

    /// Fetches the set soon, whatever the schedule says.
    public func refreshSoon() {
        state.withLock { $0.isAskedFor = true }
        wakeSignal.ring()
    }

    /// Fetches the set now, and puts it in force.
    ///
    /// - Throws: ``KeySetUnreachable``, `KeySetError`, or what puts it in force throws; the last good set stays then.
    public func refresh() async throws {
        do {
            try take(try await KeySet(try await reader.read()))
        } catch {
            metrics.count(error is KeySetUnreachable ? .unreachable : .refused)
            throw error
        }
    }

    /// Keeps the set up to date until the service is asked to end.
    public func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            var schedule = KeySetSchedule(times)
            // One that was loaded before the start is not fetched again at once.
            if let seenAt = state.withLock({ $0.seenAt }) {
                var generator = SystemRandomNumberGenerator()
                schedule.succeeded(at: seenAt, using: &generator)
            }
            while !Task.isCancelled { await step(&schedule) }
        }
    }

    /// Fetches if it is time, or else waits: for the time, for a signal, or for the age to be measured again.
    private func step(_ schedule: inout KeySetSchedule) async {
        if isKeyUnknown.load(ordering: .relaxed) { schedule.noteUnknownKey(at: now()) }
        if state.withLock({ $0.takeAsked() }) { schedule.isAskedFor(at: now()) }
        recordAge()
        let wait = schedule.nextFetch - now()
        if wait > .zero { return await pause(min(wait, Self.agePeriod)) }

        var generator = SystemRandomNumberGenerator()
        do {
            try await refresh()
            schedule.succeeded(at: now(), using: &generator)
        } catch {
            guard !Task.isCancelled else { return }
            schedule.failed(at: now(), using: &generator)
            logger.error(
                "The token keys could not be refreshed; those that are there stay in force",
                metadata: ["reason": "\(error)", "retry_in": "\(schedule.nextFetch - now())"])
        }
        // Only now, so that all the tokens which came in the meantime count as one signal that has been answered.
        isKeyUnknown.store(false, ordering: .relaxed)
    }

    private func take(_ set: KeySet) throws {
        let isNew = state.withLock { $0.current.map { !$0.hasSameKeys(as: set) } ?? true }
        if isNew { try onChange(set) }
        state.withLock { state in
            state.current = set
            state.seenAt = now()
        }
        metrics.count(isNew ? .changed : .unchanged)
        recordAge()
        guard isNew else { return }
        logger.notice(
            "Token keys are loaded",
            metadata: [
                "keys": .array(set.keys.map { "\($0.algorithm) \(($0.id ?? "without kid").quotedForMessage)" }),
                "skipped": .array(set.skipped.map { "\($0.number): \($0.reason.rawValue)" }),
            ])
    }

    private func recordAge() {
        guard let seenAt = state.withLock({ $0.seenAt }) else { return }
        metrics.record(age: now() - seenAt)
    }

    /// Waits for this time, or until the bell rings.
    private func pause(_ time: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [sleep] in try? await sleep(time) }
            group.addTask { [wakeSignal] in await wakeSignal.wait() }
            await group.next()
            group.cancelAll()
        }
    }
}
