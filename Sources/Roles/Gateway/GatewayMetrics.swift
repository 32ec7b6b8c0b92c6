import Metrics

/// What a gateway counts.
struct GatewayMetrics: Sendable {
    private let connections: Gauge
    private let feedLive: Gauge
    private let stale: Gauge
    private let framesSent: Counter
    private let framesSkipped: Counter
    private let broadcasts: Counter
    private let resyncs: Counter
    private let corrections: Counter
    private let refused: [RefusalReason: Counter]
    private let ended: [EndReason: Counter]
    private let handshakesDelayed: Counter
    private let handshakesWaiting: Gauge

    init(factory: any MetricsFactory) {
        func counter(_ name: String, _ dimensions: [(String, String)] = []) -> Counter {
            Counter(label: "scorecast_gateway_\(name)_total", dimensions: dimensions, factory: factory)
        }
        connections = Gauge(label: "scorecast_gateway_connections", dimensions: [], factory: factory)
        feedLive = Gauge(label: "scorecast_gateway_feed_live", dimensions: [], factory: factory)
        stale = Gauge(label: "scorecast_gateway_stale", dimensions: [], factory: factory)
        framesSent = counter("frames_sent")
        framesSkipped = counter("frames_skipped")
        broadcasts = counter("broadcasts")
        resyncs = counter("resyncs", [("cause", "live")])
        corrections = counter("resyncs", [("cause", "comparison")])
        refused = Dictionary(
            uniqueKeysWithValues: RefusalReason.allCases.map { reason in
                (reason, counter("upgrades_refused", [("reason", reason.rawValue)]))
            })
        ended = Dictionary(
            uniqueKeysWithValues: EndReason.allCases.map { reason in
                (reason, counter("connections_ended", [("reason", reason.rawValue)]))
            })
        handshakesDelayed = counter("handshakes_delayed")
        handshakesWaiting = Gauge(label: "scorecast_gateway_handshakes_waiting", dimensions: [], factory: factory)
    }

    /// How many WebSockets and event streams are open now.
    func recordConnections(_ count: Int) { connections.record(count) }

    /// Whether the feed is live.
    func recordFeedLive(_ isLive: Bool) { feedLive.record(isLive ? 1 : 0) }

    /// Whether the watchers were told that what they see may be old.
    func watchersAreStale(_ areStale: Bool) { stale.record(areStale ? 1 : 0) }

    /// One version came to one event loop, before so many seats there had got the previous one.
    func recordBroadcast(passedOver: Int) {
        broadcasts.increment()
        framesSkipped.increment(by: passedOver)
    }

    /// So many sockets had their turn, and got the latest version.
    func recordPush(_ sent: Int) { framesSent.increment(by: sent) }

    /// A socket got the state that it was owed.
    func recordCatchUp() { framesSent.increment() }

    /// The feed is live (again), so a top is read.
    func recordResync() { resyncs.increment() }

    /// A comparison found a top that the feed had not told.
    func recordCorrection() { corrections.increment() }

    /// A connection was ended by the gateway.
    func recordEnd(_ reason: EndReason) { ended[reason]?.increment() }

    /// A handshake has to wait, with so many others.
    func recordDelayedHandshake(waiting count: Int) {
        handshakesDelayed.increment()
        recordWaitingHandshakes(waiting: count)
    }

    /// How many handshakes wait now.
    func recordWaitingHandshakes(waiting count: Int) { handshakesWaiting.record(count) }

    /// A handshake was refused, or told by close code that it came to nothing.
    func recordRefusal(_ reason: RefusalReason) { refused[reason]?.increment() }
}
