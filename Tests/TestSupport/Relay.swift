import NIOCore
import NIOPosix
import Synchronization

/// A TCP relay on 127.0.0.1: a balancer in front of nodes, or a path between a node and a store on which faults can be
/// made while connections live. It buffers without a limit, so its peers must read.
public final class Relay: Sendable {
    /// What happens to bytes, and to the ends of connections, on their way. All connections have the same fault, and
    /// the order is kept in any case.
    public enum Fault: Hashable, Sendable {
        /// They pass at once.
        case none
        /// They pass after a time.
        case delay(Duration)
        /// A few bytes pass at a time.
        case drip(bytes: Int, every: Duration)
        /// Nothing passes, and no connection ends: they are half open. What was held back passes with the next fault.
        case halfOpen
    }

    /// Changes the bytes that one connection's server sends. Called on one event loop.
    public typealias Filter = (ByteBuffer) -> ByteBuffer

    /// The port on which it listens.
    public let port: Int
    private let listener: any Channel
    private let road: RelayRoad

    private init(listener: any Channel, road: RelayRoad) {
        self.listener = listener
        self.road = road
        port = listener.localAddress?.port ?? 0
    }

    /// Starts a relay.
    ///
    /// - Parameters:
    ///   - upstreams: the ports to which connections go in turn. A port that refuses is skipped.
    ///   - filter: makes the filter of a new connection.
    public static func start(
        to upstreams: [Int], on group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        filter: (@Sendable () -> Filter)? = nil
    ) async throws -> Relay {
        let road = RelayRoad(upstreams)
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { client in
                client.eventLoop.makeCompletedFuture {
                    let end = RelayEnd(road, filter: nil)
                    try client.pipeline.syncOperations.addHandler(end)
                    join(end, of: client, to: road.inTurn()[...], filter: filter)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return Relay(listener: listener, road: road)
    }

    /// Sends new connections to other ports, as if an address moved. Existing connections stay where they are.
    public func redirect(to ports: [Int]) { road.redirect(to: ports) }

    /// Makes a fault from now on, or ends it.
    public func fault(_ fault: Fault) { road.set(fault) }

    /// Breaks all connections with RST on both sides.
    public func reset() { road.reset() }

    /// Accepts no more connections. Existing connections stay open.
    public func stop() async { try? await listener.close() }

    private static func join(
        _ end: RelayEnd, of client: any Channel, to ports: ArraySlice<Int>, filter: (@Sendable () -> Filter)?
    ) {
        guard let port = ports.first else { return client.close(promise: nil) }
        ClientBootstrap(group: client.eventLoop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: "127.0.0.1", port: port).assumeIsolated().whenComplete { result in
                guard case .success(let server) = result else {
                    return join(end, of: client, to: ports.dropFirst(), filter: filter)
                }
                let other = RelayEnd(end.road, filter: filter.map { $0() })
                do {
                    try server.pipeline.syncOperations.addHandler(other)
                    try end.join(other)
                    try client.syncOptions?.setOption(.autoRead, value: true)
                } catch {
                    server.close(promise: nil)
                    client.close(promise: nil)
                }
            }
    }
}
