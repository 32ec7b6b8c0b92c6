import Access
import Basics
import Logging
import MetricsTestKit
import NIOConcurrencyHelpers
import ServiceLifecycle
import TestSupport
import Testing

/// The audit log beside the requests: what is written, what waits, and what is dropped.
@Suite(.timeLimit(.minutes(1))) struct AuditRecorderTests {
    /// A store that can be away.
    private final class Store: AuditStore {
        struct Away: Error {}
        private let state = NIOLockedValueBox((isAway: false, rows: [AuditEntry](), calls: 0))
        var rows: [AuditEntry] { state.withLockedValue { $0.rows } }
        var calls: Int { state.withLockedValue { $0.calls } }
        func isAway(_ isAway: Bool) { state.withLockedValue { $0.isAway = isAway } }

        func add(_ entries: [AuditEntry]) async throws {
            try state.withLockedValue { state in
                state.calls += 1
                if state.isAway { throw Away() }
                state.rows += entries
            }
        }
    }

    private let store = Store()
    private let metrics = TestMetrics()

    private func recorder(_ change: (inout AuditRecorder.Settings) -> Void = { _ in }) -> AuditRecorder {
        var settings = AuditRecorder.Settings()
        settings.interval = .milliseconds(10)
        settings.backoff = Backoff(base: .milliseconds(5), cap: .milliseconds(20), jitter: .equal)
        change(&settings)
        return AuditRecorder(store: store, settings: settings, logger: quietLogger, metrics: metrics)
    }

    private func run(_ recorder: AuditRecorder, _ body: () async throws -> Void) async throws {
        let group = ServiceGroup(configuration: .init(services: [recorder], logger: quietLogger))
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

    private static func entry(_ number: Int, _ outcome: AuditEntry.Outcome = .done, actor: String = "a") -> AuditEntry {
        AuditEntry(actor: actor, act: "board.reset", subject: "b\(number)", outcome: outcome, at: 1)
    }

    private func total(_ label: String) throws -> Int64 { try metrics.expectCounter(label).totalValue }

    @Test func entriesAreWrittenInTheirOrder() async throws {
        let recorder = recorder { $0.batchMax = 7 }
        try await run(recorder) {
            for number in 0..<100 { recorder.record(Self.entry(number)) }
            try await eventually("all is written") { store.rows.count == 100 }
        }
        let all = (0..<100).map { Self.entry($0) }
        #expect(store.rows == all)
        #expect(try total("scorecast_audit_log_entries_total") == 100)
        #expect(try total("scorecast_audit_log_entries_dropped_total") == 0)
    }

    @Test func whileTheStoreIsAwayTheyWaitUpToTheBound() async throws {
        let recorder = recorder { $0.entriesMax = 20 }
        store.isAway(true)
        try await run(recorder) {
            for number in 0..<30 { recorder.record(Self.entry(number)) }
            try await eventually("it tries again") { store.calls >= 3 }
            store.isAway(false)
            try await eventually("what waited is written") { store.rows.count == 20 }
        }
        let first = (0..<20).map { Self.entry($0) }
        #expect(store.rows == first)
        #expect(try total("scorecast_audit_log_entries_dropped_total") == 10)
    }

    @Test func theRestIsWrittenWhenItStops() async throws {
        let recorder = recorder { $0.interval = .seconds(3600) }
        try await run(recorder) {
            try await eventually("it runs") { true }
            for number in 0..<10 { recorder.record(Self.entry(number)) }
        }
        #expect(store.rows.count == 10)
    }

    @Test("refusals displace no acts, and those of one actor are bounded")
    func refusals() async throws {
        let recorder = recorder {
            $0.entriesMax = 20
            $0.refusals = RateLimit(count: 5, periodMilliseconds: 3_600_000)
        }
        store.isAway(true)
        for number in 0..<50 { recorder.record(Self.entry(number, .refused)) }
        for number in 0..<50 { recorder.record(Self.entry(number, .refused, actor: "b\(number)")) }
        for number in 0..<10 { recorder.record(Self.entry(number)) }
        store.isAway(false)
        try await run(recorder) { try await eventually("all is written") { store.rows.count == 20 } }
        #expect(store.rows.filter { $0.outcome == .done }.count == 10)
        #expect(store.rows.filter { $0.outcome == .refused && $0.actor == "a" }.count == 5)
    }

    @Test func entriesCanAlwaysBeStored() {
        let entry = AuditEntry(
            actor: "a\u{0}b", act: "x", subject: String(repeating: "é", count: 400),
            detail: ["reason": "one\ntwo\u{2028}"], at: 1)
        #expect(entry.actor == "a\\u0000b")
        #expect(entry.subject?.utf8.count == 512)
        #expect(entry.detail == ["reason": "one\\ntwo\\u2028"])
    }
}
