import HummingbirdCore
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTP1

/// The child channel of the listener, for `Application(server: HTTPServerBuilder { … })`.
public struct FrontChannel: HTTPChannelHandler {
    /// Hummingbird's responder.
    public let responder: Responder
    private let routes: FrontRoutes
    private let sweepers = Sweepers()

    /// - Parameters:
    ///   - routes: what is served in front of Hummingbird.
    ///   - responder: what serves the rest.
    public init(routes: FrontRoutes, responder: @escaping Responder) {
        self.routes = routes
        self.responder = responder
    }

    /// A connection: Hummingbird's end of it exists once Hummingbird is needed.
    public struct Value: ServerChildChannelValue {
        /// The connection.
        public let channel: any Channel
        /// nil when the connection has ended, or left HTTP, without a request for Hummingbird.
        let hummingbird: EventLoopFuture<HummingbirdChannel?>
    }

    /// Puts the HTTP/1.1 codec and the front handler into a new connection.
    public func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let eventLoop = channel.eventLoop
        return eventLoop.makeCompletedFuture {
            let hummingbird = eventLoop.makePromise(of: HummingbirdChannel?.self)
            do {
                try configure(channel, hummingbird: hummingbird)
            } catch {
                hummingbird.succeed(nil)
                throw error
            }
            return Value(channel: channel, hummingbird: hummingbird.futureResult)
        }
    }

    private func configure(_ channel: any Channel, hummingbird: EventLoopPromise<HummingbirdChannel?>) throws {
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
        let front = FrontHandler(
            routes: routes, writer: writer, sweeper: sweepers.sweeper(for: channel.eventLoop), hummingbird: hummingbird)
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

    /// Serves Hummingbird's requests of a connection, if any come.
    public func handle(value: Value, logger: Logger) async {
        let channel = await withTaskCancellationHandler {
            try? await value.hummingbird.get()
        } onCancel: {
            value.channel.close(mode: .input, promise: nil)
        }
        guard let channel else { return }
        await handleHTTP(asyncChannel: channel, logger: logger)
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

/// The sweepers of the event loops, made when each loop's first connection comes.
private final class Sweepers: Sendable {
    private let byLoop = NIOLockedValueBox<[ObjectIdentifier: NIOLoopBound<ConnectionSweeper>]>([:])

    func sweeper(for eventLoop: any EventLoop) -> ConnectionSweeper {
        byLoop.withLockedValue { byLoop in
            if let known = byLoop[ObjectIdentifier(eventLoop)] { return known }
            let new = NIOLoopBound(ConnectionSweeper(eventLoop: eventLoop), eventLoop: eventLoop)
            byLoop[ObjectIdentifier(eventLoop)] = new
            return new
        }.value
    }
}
