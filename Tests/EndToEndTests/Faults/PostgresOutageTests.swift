import Foundation
import LocalServers
import TestSupport
import Testing

extension EndToEnd {
    @Suite("An outage of Postgres under load")
    struct PostgresOutage {
        /// How long Postgres is away: `SCORECAST_OUTAGE_SECONDS`, or a few seconds.
        private static let seconds =
            ProcessInfo.processInfo.environment["SCORECAST_OUTAGE_SECONDS"].flatMap { Int($0) }
            ?? (EndToEnd.isFull ? 60 : 4)
        /// The lag in normal work, with room for a busy machine.
        private static let normalLag = Duration.seconds(1)

        @Test(
            "no update is refused, the lag is back to normal in three times the outage, and live traffic does not wait",
            .timeLimit(.minutes(30)))
        func outage() async throws {
            var plan = Cluster.Plan()
            (plan.gateways, plan.persisters) = (0, 2)
            try await Cluster.run(plan) { cluster in
                let oracle = Oracle()
                var traffic = Traffic(cluster, oracle: oracle)
                let timings = Timings()
                let outage = Duration.seconds(Self.seconds)
                let patience = max(outage * 3, .seconds(15))
                (traffic.timings, traffic.longest) = (timings, outage + patience + .seconds(60))
                try await traffic.run(pause: .milliseconds(1)) {
                    let lag = LagMeter(cluster)
                    try await lag.falls(below: Self.normalLag, within: .seconds(30))
                    let begin = ContinuousClock.now
                    try await lag.measure(for: .seconds(2))
                    let normal = lag.takeFigures()
                    await cluster.postgres.kill()
                    let killed = ContinuousClock.now
                    let before = oracle.count
                    try await lag.measure(for: outage)
                    let grown = oracle.count - before
                    try await cluster.postgres.restart()
                    let back = ContinuousClock.now
                    try await lag.falls(below: Self.normalLag, within: patience)
                    let drained = ContinuousClock.now

                    var report = Report("Postgres was away for \(Self.seconds) s under load")
                    report.add("updates counted meanwhile", grown)
                    report.add("persist lag before", normal.summary)
                    report.add("persist lag while draining", lag.takeFigures().summary)
                    report.add("until the lag was normal again, ms", Figures.short((drained - back).milliseconds))
                    let answers = [
                        ("before", timings.figures(from: begin, to: killed)),
                        ("in the outage", timings.figures(from: killed, to: back)),
                        ("while draining", timings.figures(from: back, to: drained)),
                    ]
                    for (when, figures) in answers { report.add("time to an answer \(when)", figures.summary) }
                    report.print()
                    #expect(grown > 50 * Self.seconds, "updates went on")
                    // A second is far more than draining may cost, and less than waiting for a batch would.
                    #expect(answers.allSatisfy { $0.1.percentile(99) < 1_000 })
                }
                try await cluster.expectExactly(oracle, within: .seconds(60))
                #expect(oracle.unavailable == 0 && oracle.brokenConnections == 0)
            }
        }
    }

    /// Measures how far the ledger is behind Redis: the time since Redis had the event that the ledger wrote last.
    /// Used by one task.
    private final class LagMeter {
        private let cluster: Cluster
        /// Redis' sequence number at some moments, in order.
        private var marks: [(at: ContinuousClock.Instant, seq: Int)] = []
        private var lags: [Double] = []

        init(_ cluster: Cluster) { self.cluster = cluster }

        /// Returns the lags since the last call, in ms.
        func takeFigures() -> Figures {
            defer { lags = [] }
            return Figures(lags)
        }

        /// Measures for some time. While Postgres is away, it only looks at Redis.
        func measure(for time: Duration) async throws {
            let end = ContinuousClock.now + time
            while ContinuousClock.now < end { _ = try await look() }
        }

        /// Measures until the lag is below a bound.
        func falls(below bound: Duration, within time: Duration) async throws {
            lags = []
            try await eventually("the lag is below \(bound)", timeout: time, every: .milliseconds(50)) {
                try await look().map { $0 < bound } ?? false
            }
        }

        private func look() async throws -> Duration? {
            let sql = "SELECT coalesce(max(seq), 0) FROM partition_positions"
            let written = try? await cluster.ledger.rows(sql).first.flatMap { Int($0) }
            let now = ContinuousClock.now
            let reply = try await cluster.probe.command("HGET", "{sc14}:meta", "seq")
            guard case .text(let text) = reply, let seq = Int(text) else { return nil }
            marks.append((now, seq))
            guard let written = written ?? nil else {
                await Blocking.pause(.milliseconds(50))
                return nil
            }
            // The first moment at which Redis had more than the ledger has now.
            let missing = marks.first { $0.seq > written }
            let lag = missing.map { now - $0.at } ?? .zero
            lags.append(lag.milliseconds)
            marks.removeAll { $0.seq <= written }
            return lag
        }
    }
}
