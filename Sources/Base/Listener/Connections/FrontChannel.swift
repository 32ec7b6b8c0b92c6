import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Sets up the connections of a listener.
final class FrontChannel: Sendable {
    let routes: FrontRoutes
    let connections: Connections
    private let http: HTTP1Channel
    private let logger: Logger

    /// - Parameters:
    ///   - routes: the routes in front of Hummingbird.
    ///   - connections: the connections of the listener.
    ///   - http: serves all other requests with Hummingbird.
    ///   - logger: for Hummingbird, which logs failures of connections to it.
    init(routes: FrontRoutes, connections: Connections, http: HTTP1Channel, logger: Logger) {
        self.routes = routes
        self.connections = connections
        self.http = http
        self.logger = logger
    }

    /// Lets Hummingbird serve a connection.
    func startHummingbird(_ channel: HummingbirdChannel) {
        connections.serve { [http, logger] in await http.handle(value: channel, logger: logger) }
    }

    /// Puts the HTTP/1.1 decoder and the front handler into a new connection. To be called on its event loop.
    func configure(_ channel: any Channel) throws {
        guard let sweeper = connections.sweeper(for: channel.eventLoop, metrics: routes.metrics) else {
            throw CancellationError()
        }
        if let options = channel.syncOptions {
            try options.setOption(.allowRemoteHalfClosure, value: true)
            try options.setOption(.maxMessagesPerRead, value: 1)
            try options.setOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(
                    minimum: 512, initial: 2048, maximum: ListenerLimits.readBytesMax))
        }
        let (socketSide, decoder) = (SocketSide(), makeDecoder())
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(socketSide)
        try pipeline.addHandler(decoder)
        try pipeline.addHandler(FrontHandler(self, writer: socketSide, decoder: decoder, sweeper: sweeper))
    }

    /// A parser of requests that expects the start of one.
    func makeDecoder() -> ByteToMessageHandler<HTTPRequestDecoder> {
        ByteToMessageHandler(
            HTTPRequestDecoder(
                leftOverBytesStrategy: .forwardBytes, informationalResponseStrategy: .drop,
                limitConfiguration: routes.limits.decoderLimits),
            maximumBufferSize: max(ListenerLimits.unparsedBytesMax, routes.limits.headerFieldBytesMax * 2))
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
