import Metrics
import NIOCore

/// The metrics of one client or subscriber, labelled with its name.
struct RedisMetrics: Sendable {
    private let connected: Gauge
    private let reconnects: Counter
    private let name: String

    init(name: String) {
        self.name = name
        connected = Gauge(label: "scorecast_redis_connections", dimensions: [("client", name)])
        reconnects = Counter(label: "scorecast_redis_reconnects_total", dimensions: [("client", name)])
    }

    func record(connected count: Int) { connected.record(count) }
    func countReconnect() { reconnects.increment() }

    /// The metrics of one of its connections.
    func connection(_ index: Int) -> RedisConnectionMetrics {
        RedisConnectionMetrics(client: name, connection: index)
    }
}
