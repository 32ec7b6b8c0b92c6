import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// The listener: a service that binds a port and serves its connections, to run after all that requests need.
///
/// Asked to end, it accepts no further connections and ends itself once the last request is answered, and every
/// connection has ended or left HTTP. Cancelled, it cuts all of them.
public final class HTTPListener: Service {
    private let address: (host: String, port: Int)
    private let front: FrontChannel
    private let group: any EventLoopGroup
    private let logger: Logger
    private let prelude: @Sendable () async throws -> Void
    private let onRunning: @Sendable (_ port: Int) async -> Void

    /// Connections that wait in the kernel to be accepted.
    private static let backlog: Int32 = 4096

    /// - Parameters:
    ///   - host: a name or an address to listen on.
    ///   - port: 0 for a free one.
    ///   - routes: what is served in front of Hummingbird.
    ///   - responder: Hummingbird's, for the rest.
    ///   - group: sockets' event loops.
    ///   - logger: for what goes wrong with connections.
    ///   - prelude: runs before the port is bound.
    ///   - onRunning: called with the port once it is bound.
    public init<Routed: HTTPResponder>(
        host: String, port: Int, routes: FrontRoutes, responder: Routed, group: any EventLoopGroup, logger: Logger,
        prelude: @escaping @Sendable () async throws -> Void = {},
        onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) where Routed.Context: InitializableFromSource<ApplicationRequestContextSource> {
        address = (host, port)
        front = FrontChannel(
            routes: routes, connections: Connections(),
            http: HTTP1Channel(responder: responder.onChannel(logger: logger)),
            logger: logger)
        self.group = group
        self.logger = logger
        self.prelude = prelude
        self.onRunning = onRunning
    }

    /// The listening socket has ended by itself.
    struct SocketEnded: Error, CustomStringConvertible {
        let description = "The listening socket was closed, and nobody had asked for it."
    }

    /// Listens until the end.
    ///
    /// - Throws: if the port cannot be bound, and if the listening socket ends by itself.
    public func run() async throws {
        try await prelude()
        try Task.checkCancellation()
        guard !Task.isShuttingDownGracefully else { return }
        let quiescing = ServerQuiescingHelper(group: group)
        let server = try await bootstrap(quiescing).bind(host: address.host, port: address.port).get()
        try await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                await onRunning(server.localAddress?.port ?? 0)
                try? await server.closeFuture.get()
                let wasAskedTo = Task.isShuttingDownGracefully || Task.isCancelled
                // Nobody has told the connections, and nobody will.
                if !wasAskedTo { front.connections.cancelAll() }
                await front.connections.waitForAll()
                if !wasAskedTo { throw SocketEnded() }
            } onGracefulShutdown: {
                quiescing.initiateShutdown(promise: nil)
            }
        } onCancel: {
            server.close(promise: nil)
            front.connections.cancelAll()
        }
    }

    private func bootstrap(_ quiescing: ServerQuiescingHelper) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { [logger] server in
                server.eventLoop.makeCompletedFuture {
                    let pipeline = server.pipeline.syncOperations
                    try pipeline.addHandler(quiescing.makeServerChannelHandler(channel: server))
                    try pipeline.addHandler(AcceptPause(logger: logger))
                }
            }
            .childChannelInitializer { [front] channel in
                channel.eventLoop.makeCompletedFuture { try front.configure(channel) }
            }
    }
}

extension HTTPResponder where Context: InitializableFromSource<ApplicationRequestContextSource> {
    /// Answers the requests of a connection.
    fileprivate func onChannel(logger: Logger) -> HTTPChannelHandler.Responder {
        { request, writer, channel in
            var logger = logger
            logger[metadataKey: "hb.request.id"] = .stringConvertible(RequestID())
            let context = Context(source: ApplicationRequestContextSource(channel: channel, logger: logger))
            let response: Response
            do {
                response = try await respond(to: request, context: context)
            } catch let error as HTTPParserError {
                throw error
            } catch {
                // A middleware should have answered.
                logger.error("An error was not answered.", metadata: ["error": "\(error)"])
                response = Response(status: .internalServerError)
            }
            do {
                try await writer.write(response: response.head, body: response.body)
            } catch is HTTPParserError {
                // The connection's loop would answer such an error with a second response.
                throw ChannelError.inputClosed
            }
        }
    }
}
