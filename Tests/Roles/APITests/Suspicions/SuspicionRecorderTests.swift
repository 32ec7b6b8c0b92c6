import API
import Basics
import Leaderboard
import Logging
import Metrics
import MetricsTestKit
import NIOConcurrencyHelpers
import ServiceLifecycle
import TestSupport
import Testing

/// The audit of suspicions beside the requests: what is written, what waits, what is dropped, and how it stops.
@Suite(.timeLimit(.minutes(1)))
struct SuspicionRecorderTests {
    /// A store that can be away.
    private final class Store: SuspicionStore {
        private let state = NIOLockedValueBox((isAway: false, hangs: false, rows: [SuspicionSummary](), calls: 0))

        var attempts: Int64 { state.withLockedValue { $0.rows.reduce(0) { $0 + $1.attempts } } }
        var rows: [SuspicionSummary] { state.withLockedValue { $0.rows } }
        var calls: Int { state.withLockedValue { $0.calls } }

        func isAway(_ isAway: Bool) { state.withLockedValue { $0.isAway = isAway } }

        func add(_ summaries: [SuspicionSummary]) async throws(StoreError) {
            let isAway = state.withLockedValue { state in
                state.calls += 1
                if !state.isAway { state.rows += summaries }
                return state.isAway
            }
            if isAway { throw StoreError(.unavailable, "away") }
        }
    }

    private let store = Store()
    private let metrics = TestMetrics()

    private func recorder(_ change: (inout SuspicionRecorder.Settings) -> Void = { _ in }) -> SuspicionRecorder {
        var settings = SuspicionRecorder.Settings()
        settings.interval = .milliseconds(10)
        settings.backoff = Backoff(base: .milliseconds(5), cap: .milliseconds(20), jitter: .equal)
        change(&settings)
        return SuspicionRecorder(store: store, settings: settings, logger: quiet, metrics: metrics)
    }

    private let quiet = quietLogger

    /// Runs the recorder as a node does, with a body beside it.
    private func run(_ recorder: SuspicionRecorder, _ body: () async throws -> Void) async throws {
        let group = ServiceGroup(configuration: .init(services: [recorder], logger: quiet))
        let running = Task { try await group.run() }
        do {
            try await body()
        } catch {
            await group.triggerGracefulShutdown()
            throw error
        }
        await group.triggerGracefulShutdown()
        try await running.value
    }

    private static func suspicion(_ user: Int) -> Suspicion {
        Suspicion(reason: "bad_signature", userID: "u\(user)", at: 1_790_000_000_000, presented: "v1.x")
    }

    private func total(_ label: String) throws -> Int64 { try metrics.expectCounter(label).totalValue }

    @Test func attemptsAreWritten() async throws {
        let recorder = recorder { $0.batchMax = 7 }
        try await run(recorder) {
            for user in 0..<100 { recorder.note(Self.suspicion(user)) }
            try await eventually("all is written") { store.attempts == 100 }
        }
        #expect(Set(store.rows.map(\.first.userID)).count == 100)
        #expect(store.calls >= 100 / 7)
        #expect(try total("scorecast_suspicions_recorded_total") == 100)
        #expect(try total("scorecast_suspicions_dropped_total") == 0)
        #expect(try metrics.expectGauge("scorecast_suspicions_waiting").lastValue == 0)
    }

    @Test func whileTheStoreIsAwayTheyWaitUpToTheBound() async throws {
        let recorder = recorder { $0.entriesMax = 20 }
        store.isAway(true)
        try await run(recorder) {
            for user in 0..<50 { recorder.note(Self.suspicion(user)) }
            for _ in 0..<100 { recorder.note(Self.suspicion(3)) }
            try await eventually("it tries again") { store.calls >= 3 }
            #expect(try metrics.expectGauge("scorecast_suspicions_waiting").lastValue == 20)
            store.isAway(false)
            try await eventually("what waited is written") { store.rows.count >= 20 }
        }
        // An attempt of a user with an entry can find it being written and no room for another: then it is dropped.
        let dropped = try total("scorecast_suspicions_dropped_total")
        #expect(dropped >= 30)
        #expect(store.attempts + dropped == 150)
        #expect(try total("scorecast_suspicions_recorded_total") == store.attempts)
    }

    @Test func aStopWritesWhatIsLeft() async throws {
        let recorder = recorder { $0.interval = .seconds(600) }
        recorder.note(Self.suspicion(0))
        try await run(recorder) {
            try await eventually("the first is written") { store.attempts == 1 }
            // The next round would be in ten minutes.
            for user in 0..<300 { recorder.note(Self.suspicion(user)) }
        }
        #expect(store.attempts == 301)
    }

    @Test func aStopWithoutTheStoreEndsAndCountsWhatIsLost() async throws {
        let recorder = recorder()
        store.isAway(true)
        let start = ContinuousClock.now
        try await run(recorder) {
            for user in 0..<30 { recorder.note(Self.suspicion(user)) }
        }
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(try total("scorecast_suspicions_dropped_total") == 30)
        #expect(store.rows.isEmpty)
    }
}
