import Metrics

/// The counters and gauges of a gateway.
package struct GatewayMetrics: Sendable {
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
    private let challengeRooms: Gauge
    private let callsOpen: Gauge
    private let calls: [CallEnd: Counter]
    private let messagesDropped: Counter

    /// How a call to a play node ended.
    enum CallEnd: String, CaseIterable, Sendable {
        /// A play node has answered.
        case answered
        /// No play node has answered in time, or the call could not be handed over.
        case unavailable
        /// It was not handed over, since too many of its user were open.
        case limited
    }

    package init(factory: any MetricsFactory) {
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
        challengeRooms = Gauge(label: "scorecast_gateway_challenge_rooms", dimensions: [], factory: factory)
        callsOpen = Gauge(label: "scorecast_gateway_calls_open", dimensions: [], factory: factory)
        calls = Dictionary(
            uniqueKeysWithValues: CallEnd.allCases.map { end in
                (end, counter("calls", [("outcome", end.rawValue)]))
            })
        messagesDropped = counter("messages_dropped")
    }

    /// Records how many WebSockets and event streams are open now.
    func recordConnections(_ count: Int) { connections.record(count) }

    /// Records whether the feed is live.
    func recordFeedLive(_ isLive: Bool) { feedLive.record(isLive ? 1 : 0) }

    /// Records whether the watchers were told that what they see may be old.
    func recordStale(_ isStale: Bool) { stale.record(isStale ? 1 : 0) }

    /// One version came to one event loop.
    ///
    /// - Parameter passedOver: the seats there that had not got the previous version.
    func recordBroadcast(passedOver: Int) {
        broadcasts.increment()
        framesSkipped.increment(by: passedOver)
    }

    /// A slice of seats had its turn, and this many got the latest version.
    func recordPush(_ sent: Int) { framesSent.increment(by: sent) }

    /// A seat that was skipped got the version that it was owed.
    func recordCatchUp() { framesSent.increment() }

    /// A top is read, since the feed is live, perhaps again.
    func recordResync() { resyncs.increment() }

    /// A comparison found a top that the feed had not brought.
    func recordCorrection() { corrections.increment() }

    /// The gateway ended a connection.
    func recordEnd(_ reason: EndReason) { ended[reason]?.increment() }

    /// A handshake has to wait.
    ///
    /// - Parameter count: how many handshakes wait now.
    func recordDelayedHandshake(waiting count: Int) {
        handshakesDelayed.increment()
        recordWaitingHandshakes(waiting: count)
    }

    /// Records how many handshakes wait now.
    func recordWaitingHandshakes(waiting count: Int) { handshakesWaiting.record(count) }

    /// Records in how many challenge rooms the clients of this node are.
    func recordChallengeRooms(_ count: Int) { challengeRooms.record(count) }

    /// Records how many calls to play nodes wait for an answer.
    func recordOpenCalls(_ count: Int) { callsOpen.record(count) }

    /// A call to a play node has ended.
    func recordCall(_ end: CallEnd) { calls[end]?.increment() }

    /// A message of a user was dropped, because the client is slow and newer ones wait for it.
    func recordDroppedMessage() { messagesDropped.increment() }

    /// A handshake was refused, or a WebSocket was closed right after it.
    func recordRefusal(_ reason: RefusalReason) { refused[reason]?.increment() }
}
