import Access
import Synchronization

/// What the whole node has in common: how many connections there are, and whether it is on its way down.
final class NodeStatus: Sendable {
    let metrics: GatewayMetrics
    let connectionsMax: Int
    /// What client addresses use; nil where no address is limited.
    let addresses: ClientQuotas?
    /// Frames of all clients; nil for no limit.
    let messages: SharedRate?
    private let connectionCount = Atomic(0)
    private let waitingCount = Atomic(0)
    private let draining = Atomic(false)

    init(
        connectionsMax: Int, addresses: ClientQuotas? = nil, messages: SharedRate? = nil, metrics: GatewayMetrics
    ) {
        self.metrics = metrics
        self.addresses = addresses
        self.messages = messages
        self.connectionsMax = connectionsMax
    }

    /// WebSockets and event streams open now.
    var connections: Int { connectionCount.load(ordering: .relaxed) }

    /// Whether another connection may come. Those whose handshake waits count too. Loops ask at the same time, so the
    /// limit can be passed by one for each.
    var isFull: Bool { connections + waitingCount.load(ordering: .relaxed) >= connectionsMax }

    /// A handshake has to wait its turn.
    func addWaitingHandshake() {
        metrics.recordDelayedHandshake(waiting: waitingCount.add(1, ordering: .relaxed).newValue)
    }

    /// Its turn has come.
    func removeWaitingHandshake() {
        metrics.recordWaitingHandshakes(waiting: waitingCount.subtract(1, ordering: .relaxed).newValue)
    }

    /// - Parameter account: whom it counts for.
    func addConnection(for quota: ClientQuotas.Quota?) {
        if let quota { addresses?.addConnection(quota) }
        metrics.recordConnections(connectionCount.add(1, ordering: .relaxed).newValue)
    }

    /// - Parameter account: whom it counted for.
    func removeConnection(for quota: ClientQuotas.Quota?) {
        if let quota { addresses?.removeConnection(quota) }
        metrics.recordConnections(connectionCount.subtract(1, ordering: .relaxed).newValue)
    }

    /// Whether the node is on its way down. Stays so.
    var isDraining: Bool { draining.load(ordering: .acquiring) }

    func beginDraining() { draining.store(true, ordering: .releasing) }
}
