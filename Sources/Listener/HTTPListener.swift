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
/// Asked to end, it accepts no further connections and ends itself once the last request is answered, and every connection
/// has ended or left HTTP. Cancelled, it cuts all of them.
public final class HTTPListener: Service {
    private let address: (host: String, port: Int)
    private let front: FrontChannel
    private let group: any EventLoopGroup
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
    ///   - prelude: runs before the port is bound.
    ///   - onRunning: called with the port once it is bound.
    public init<Responder: HTTPResponder>(
        host: String, port: Int, routes: FrontRoutes, responder: Responder, group: any EventLoopGroup, logger: Logger,
        prelude: @escaping @Sendable () async throws -> Void = {},
        onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
        address = (host, port)
        front = FrontChannel(
            routes: routes, connections: Connections(),
            http: HTTP1Channel(responder: responder.onChannel(logger: logger)),
            logger: logger)
        self.group = group
        self.prelude = prelude
        self.onRunning = onRunning
    }

    /// Listens until the end.
    public func run() async throws {
        try await prelude()
        let quiescing = ServerQuiescingHelper(group: group)
        let server = try await bootstrap(quiescing).bind(host: address.host, port: address.port).get()
        await onRunning(server.localAddress?.port ?? 0)
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                try? await server.closeFuture.get()
            } onGracefulShutdown: {
                quiescing.initiateShutdown(promise: nil)
            }
            await front.connections.waitForAll()
        } onCancel: {
            server.close(promise: nil)
            front.connections.cancelAll()
        }
    }

    private func bootstrap(_ quiescing: ServerQuiescingHelper) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // One at a time: a second try mostly finds nobody, and has cost a new socket then.
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    let pipeline = server.pipeline.syncOperations
                    try pipeline.addHandler(quiescing.makeServerChannelHandler(channel: server))
                    // Without file descriptors, say, it accepts none for a second; nothing else could be done.
                    try pipeline.addHandler(AcceptBackoffHandler(shouldForwardIOErrorCaught: false))
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
            try await writer.write(response: response.head, body: response.body)
        }
    }
}
