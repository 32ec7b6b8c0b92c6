import NIOCore
import NIOPosix
import Synchronization

/// A TCP proxy on 127.0.0.1 between nodes and a store, which behaves as a bad network does.
final class FaultProxy: Sendable {
    /// How bytes pass, in both directions.
    enum Mode: Sendable, Equatable {
        /// At once.
        case pass
        /// Later by this time.
        case delay(milliseconds: Int64)
        /// Not at all: connections stay open, and neither side hears of the other. What was sent arrives when the mode
        /// changes, as after a cable was plugged in again.
        case silence
        /// Seven bytes each millisecond.
        case drip
    }

    /// The port on which it listens.
    let port: Int
    private let listener: any Channel
    private let shared: Shared

    /// The state that connections see.
    final class Shared: Sendable {
        let upstream: Mutex<Int>
        let mode = Mutex(Mode.pass)
        let clients = Mutex<[ObjectIdentifier: any Channel]>([:])

        init(upstream: Int) { self.upstream = Mutex(upstream) }
    }

    private init(listener: any Channel, shared: Shared) {
        self.listener = listener
        self.shared = shared
        port = listener.localAddress?.port ?? 0
    }

    /// Starts a proxy in front of a port.
    static func start(to port: Int) async throws -> FaultProxy {
        let shared = Shared(upstream: port)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { client in
                client.eventLoop.makeCompletedFuture {
                    let end = ProxyEnd(shared)
                    try client.pipeline.syncOperations.addHandler(end)
                    connect(end, of: client, shared)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return FaultProxy(listener: listener, shared: shared)
    }

    /// Changes how bytes pass, also those that wait.
    func set(_ mode: Mode) { shared.mode.withLock { $0 = mode } }

    /// Sends new connections to another port, and resets the present ones.
    func redirect(to port: Int) {
        shared.upstream.withLock { $0 = port }
        reset()
    }

    /// Resets all connections (RST), on the side of the nodes.
    func reset() {
        for client in shared.clients.withLock({ Array($0.values) }) {
            guard let socket = client as? any SocketOptionProvider else { continue }
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in client.close(promise: nil) }
        }
    }

    /// Ends it, with all connections.
    func stop() async {
        try? await listener.close()
        reset()
    }

    private static func connect(_ end: ProxyEnd, of client: any Channel, _ shared: Shared) {
        let id = ObjectIdentifier(client)
        shared.clients.withLock { $0[id] = client }
        client.closeFuture.whenComplete { _ in shared.clients.withLock { _ = $0.removeValue(forKey: id) } }
        ClientBootstrap(group: client.eventLoop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: "127.0.0.1", port: shared.upstream.withLock { $0 })
            .assumeIsolated().whenComplete { result in
                guard case .success(let server) = result else { return client.close(promise: nil) }
                let other = ProxyEnd(shared)
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
