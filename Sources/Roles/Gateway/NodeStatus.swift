import Access
import Synchronization

/// The state that the loops of a node share: the count of connections, the limits, and whether the node drains.
final class NodeStatus: Sendable {
    let metrics: GatewayMetrics
    let connectionsMax: Int
    /// The quotas of client addresses; nil if addresses are not limited.
    let addresses: ClientQuotas?
    /// The rate of the frames of all clients; nil for no limit.
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

    /// Whether no further connection may come. Handshakes that wait count too. Loops ask at the same time, so each loop
    /// can pass the limit by one.
    var isFull: Bool { connections + waitingCount.load(ordering: .relaxed) >= connectionsMax }

    /// A handshake has to wait its turn.
    func addWaitingHandshake() {
        metrics.recordDelayedHandshake(waiting: waitingCount.add(1, ordering: .relaxed).newValue)
    }

    /// Its turn has come.
    func removeWaitingHandshake() {
        metrics.recordWaitingHandshakes(waiting: waitingCount.subtract(1, ordering: .relaxed).newValue)
    }

    /// Counts a connection.
    ///
    /// - Parameter quota: the quota of its client address, if there is one.
    func addConnection(for quota: ClientQuotas.Quota?) {
        if let quota { addresses?.addConnection(quota) }
        metrics.recordConnections(connectionCount.add(1, ordering: .relaxed).newValue)
    }

    /// Stops to count a connection.
    ///
    /// - Parameter quota: the quota that it was counted for.
    func removeConnection(for quota: ClientQuotas.Quota?) {
        if let quota { addresses?.removeConnection(quota) }
        metrics.recordConnections(connectionCount.subtract(1, ordering: .relaxed).newValue)
    }

    /// Whether the node sends its clients away. Never becomes false again.
    var isDraining: Bool { draining.load(ordering: .acquiring) }

    func beginDraining() { draining.store(true, ordering: .releasing) }
}
