import Synchronization

/// What the whole node has in common: how many connections there are, and whether it is on its way down.
final class NodeStatus: Sendable {
    let metrics: GatewayMetrics
    let connectionsMax: Int
    private let connectionCount = Atomic(0)
    private let draining = Atomic(false)
    private let topIsKnown = Atomic(false)

    init(connectionsMax: Int, metrics: GatewayMetrics) {
        self.metrics = metrics
        self.connectionsMax = connectionsMax
    }

    /// WebSockets open now.
    var connections: Int { connectionCount.load(ordering: .relaxed) }

    /// Whether another connection may come. Loops ask at the same time, so the limit can be passed by one for each.
    var isFull: Bool { connections >= connectionsMax }

    func connectionOpened() {
        metrics.connections(connectionCount.add(1, ordering: .relaxed).newValue)
    }

    func connectionClosed() {
        metrics.connections(connectionCount.subtract(1, ordering: .relaxed).newValue)
    }

    /// Whether the node is on its way down. Stays so.
    var isDraining: Bool { draining.load(ordering: .acquiring) }

    func beginDraining() { draining.store(true, ordering: .releasing) }

    /// Whether the top of the board that is always watched is known.
    var hasTop: Bool {
        get { topIsKnown.load(ordering: .acquiring) }
        set { topIsKnown.store(newValue, ordering: .releasing) }
    }
}
