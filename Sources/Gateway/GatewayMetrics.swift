import Metrics

/// What a gateway counts.
struct GatewayMetrics: Sendable {
    private let connections: Gauge
    private let feedLive: Gauge
    private let framesSent: Counter
    private let framesSkipped: Counter
    private let broadcasts: Counter
    private let resyncs: Counter
    private let corrections: Counter
    private let refused: [RefusalReason: Counter]

    init(factory: any MetricsFactory) {
        func counter(_ name: String, _ dimensions: [(String, String)] = []) -> Counter {
            Counter(label: "scorecast_gateway_\(name)_total", dimensions: dimensions, factory: factory)
        }
        connections = Gauge(label: "scorecast_gateway_connections", dimensions: [], factory: factory)
        feedLive = Gauge(label: "scorecast_gateway_feed_live", dimensions: [], factory: factory)
        framesSent = counter("frames_sent")
        framesSkipped = counter("frames_skipped")
        broadcasts = counter("broadcasts")
        resyncs = counter("resyncs", [("cause", "live")])
        corrections = counter("resyncs", [("cause", "comparison")])
        refused = Dictionary(
            uniqueKeysWithValues: RefusalReason.allCases.map { reason in
                (reason, counter("upgrades_refused", [("reason", reason.rawValue)]))
            })
    }

    /// How many WebSockets are open now.
    func connections(_ count: Int) { connections.record(count) }

    /// Whether the feed is live.
    func feedIsLive(_ isLive: Bool) { feedLive.record(isLive ? 1 : 0) }

    /// One version went to one event loop: to so many sockets, and not to so many that were not writable.
    func pushed(sent: Int, skipped: Int) {
        broadcasts.increment()
        framesSent.increment(by: sent)
        framesSkipped.increment(by: skipped)
    }

    /// A socket got the state that it was owed.
    func caughtUp() { framesSent.increment() }

    /// The feed is live (again), so a top is read.
    func resynced() { resyncs.increment() }

    /// A comparison found a top that the feed had not told.
    func corrected() { corrections.increment() }

    func upgradeRefused(_ reason: RefusalReason) { refused[reason]?.increment() }
}
