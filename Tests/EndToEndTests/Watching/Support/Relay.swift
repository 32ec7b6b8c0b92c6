import NIOCore
import NIOPosix
import Synchronization

/// A TCP relay on 127.0.0.1: a balancer in front of gateways, or a path from a gateway to Redis on which messages can
/// be lost while the connection lives. It buffers without a limit, so its peers must read.
final class Relay: Sendable {
    /// The port on which it listens.
    let port: Int
    private let listener: any Channel
    private let upstreams: Upstreams

    private init(listener: any Channel, upstreams: Upstreams) {
        self.listener = listener
        self.upstreams = upstreams
        port = listener.localAddress?.port ?? 0
    }

    /// Starts a relay.
    ///
    /// - Parameters:
    ///   - upstreams: the ports to which connections go in turn. A port that refuses is skipped.
    ///   - filter: decides which messages of Redis' pub/sub pass.
    static func start(
        to upstreams: [Int], filter: MessageFilter? = nil, on group: any EventLoopGroup
    ) async throws -> Relay {
        let upstreams = Upstreams(upstreams)
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { client in
                client.eventLoop.makeCompletedFuture {
                    let end = RelayEnd(filter: nil)
                    try client.pipeline.syncOperations.addHandler(end)
                    join(end, of: client, to: upstreams.inTurn()[...], filter: filter)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return Relay(listener: listener, upstreams: upstreams)
    }

    /// Sends new connections to other ports, as if an address moved. Existing connections stay where they are.
    func redirect(to ports: [Int]) { upstreams.replace(ports) }

    /// Accepts no more connections. Existing connections stay open.
    func stop() async { try? await listener.close() }

    private final class Upstreams: Sendable {
        private let state: Mutex<(ports: [Int], turn: Int)>

        init(_ ports: [Int]) { state = Mutex((ports, 0)) }

        func replace(_ ports: [Int]) { state.withLock { $0 = (ports, 0) } }

        /// Returns the ports, starting with the next in turn.
        func inTurn() -> [Int] {
            state.withLock { state in
                defer { state.turn += 1 }
                let first = state.turn % state.ports.count
                return Array(state.ports[first...] + state.ports[..<first])
            }
        }
    }

    private static func join(
        _ end: RelayEnd, of client: any Channel, to ports: ArraySlice<Int>, filter: MessageFilter?
    ) {
        guard let port = ports.first else { return client.close(promise: nil) }
        ClientBootstrap(group: client.eventLoop)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connect(host: "127.0.0.1", port: port).assumeIsolated().whenComplete { result in
                guard case .success(let server) = result else {
                    return join(end, of: client, to: ports.dropFirst(), filter: filter)
                }
                let other = RelayEnd(filter: filter.map { MessageSieve($0) })
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

/// One end of a relayed connection. Both ends are on one event loop.
private final class RelayEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct Gone: Error {}

    private var context: ChannelHandlerContext?
    private var partner: RelayEnd?
    private var sieve: MessageSieve?
    private var isOver = false

    init(filter: MessageSieve?) { sieve = filter }

    /// The client may not be active yet. Its bytes can already be awaited.
    func join(_ other: RelayEnd) throws {
        guard !isOver, !other.isOver else { throw Gone() }
        partner = other
        other.partner = self
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if sieve != nil { bytes = sieve?.pass(bytes) ?? bytes }
        partner?.write(bytes)
    }

    private func write(_ bytes: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { partner?.context?.close(mode: .output, promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
        partner?.context?.close(promise: nil)
        partner = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) {
        isOver = true
        self.context = nil
        partner = nil
    }
}
