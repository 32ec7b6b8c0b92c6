import Metrics

/// What a gateway counts.
struct GatewayMetrics: Sendable {
    private let connections = Gauge(label: "scorecast_gateway_connections")
    private let feedLive = Gauge(label: "scorecast_gateway_feed_live")
    private let framesSent = Counter(label: "scorecast_gateway_frames_sent_total")
    private let framesSkipped = Counter(label: "scorecast_gateway_frames_skipped_total")
    private let broadcasts = Counter(label: "scorecast_gateway_broadcasts_total")
    private let resyncs = Counter(label: "scorecast_gateway_resyncs_total", dimensions: [("cause", "live")])
    private let corrections = Counter(label: "scorecast_gateway_resyncs_total", dimensions: [("cause", "comparison")])
    private let refused: [RefusalReason: Counter]

    init() {
        refused = Dictionary(
            uniqueKeysWithValues: RefusalReason.allCases.map { reason in
                (reason, Counter(label: "scorecast_gateway_upgrades_refused_total", dimensions: [("reason", reason.rawValue)]))
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
