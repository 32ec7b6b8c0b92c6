import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// The child channel of the listener, for `Application(server: HTTPServerBuilder { … })`.
public final class FrontChannel: HTTPChannelHandler {
    /// Hummingbird's responder.
    public let responder: Responder
    let routes: FrontRoutes
    private let connections: Connections

    /// - Parameters:
    ///   - routes: what is served in front of Hummingbird.
    ///   - connections: runs in the same group of services.
    ///   - responder: what serves the rest.
    public init(routes: FrontRoutes, connections: Connections, responder: @escaping Responder) {
        self.routes = routes
        self.connections = connections
        self.responder = responder
    }

    /// A connection.
    public struct Value: ServerChildChannelValue {
        /// The connection.
        public let channel: any Channel
    }

    /// Puts the HTTP/1.1 codec and the front handler into a new connection.
    public func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try configure(channel)
            return Value(channel: channel)
        }
    }

    /// Nothing yet: a connection that Hummingbird has to serve gets its task when that is known.
    public func handle(value: Value, logger: Logger) async {}

    /// Hummingbird serves a connection from now on.
    func startHummingbird(_ channel: HummingbirdChannel) {
        connections.serve { [self] in await handleHTTP(asyncChannel: channel, logger: connections.logger) }
    }

    private func configure(_ channel: any Channel) throws {
        if connections.isCancelled { throw CancellationError() }
        if let options = channel.syncOptions {
            try options.setOption(.maxMessagesPerRead, value: 1)
            try options.setOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 512, initial: 2048, maximum: ListenerLimits.readBytesMax))
        }
        let writer = RawWriter()
        let decoder = HTTPRequestDecoder(
            leftOverBytesStrategy: .forwardBytes, informationalResponseStrategy: .drop,
            limitConfiguration: routes.limits.decoderLimits)
        let front = FrontHandler(self, writer: writer, sweeper: connections.sweeper(for: channel.eventLoop))
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(writer)
        try pipeline.addHandler(HTTPResponseEncoder())
        try pipeline.addHandler(
            ByteToMessageHandler(
                decoder,
                maximumBufferSize: max(
                    ListenerLimits.unparsedBytesMax, routes.limits.headerFieldBytesMax * 2)))
        try pipeline.addHandler(front)
    }
}

extension ListenerLimits {
    fileprivate var decoderLimits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = headerFieldBytesMax
        limits.maxHeaderListSize = headerBytesMax
        limits.maxHeaderFieldCount = headerFieldCountMax
        return limits
    }
}
