import HummingbirdCore
import Logging
import NIOCore
import NIOConcurrencyHelpers
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// The routes in front of Hummingbird, and the limits of a connection.
public struct FrontRoutes: Sendable {
    /// Routes served on the event loop; the first that accepts a request gets it.
    public var fast: [any FastRoute]
    /// Routes that leave HTTP.
    public var upgrade: [any UpgradeRoute]
    /// The answer to what is not HTTP.
    public var malformed: FastResponse
    /// The limits of a connection.
    public var limits: ListenerLimits

    /// No routes: everything goes to Hummingbird.
    public init(
        fast: [any FastRoute] = [], upgrade: [any UpgradeRoute] = [], malformed: FastResponse = .init(status: .badRequest),
        limits: ListenerLimits = .init()
    ) {
        self.fast = fast
        self.upgrade = upgrade
        self.malformed = malformed
        self.limits = limits
    }
}

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
        let hummingbird: EventLoopFuture<NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>?>
    }

    /// Puts the HTTP/1.1 codec and the front handler into a new connection.
    public func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let eventLoop = channel.eventLoop
        return eventLoop.makeCompletedFuture {
            let needed = eventLoop.makePromise(of: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>?.self)
            let once = OncePromise(needed)
            channel.closeFuture.whenComplete { _ in once.succeed(nil) }
            var decoderLimits = NIOHTTPDecoderLimitConfiguration()
            decoderLimits.maxHeaderFieldSize = routes.limits.headerFieldBytesMax
            decoderLimits.maxHeaderListSize = routes.limits.headerBytesMax
            decoderLimits.maxHeaderFieldCount = routes.limits.headerFieldCountMax
            let pipeline = channel.pipeline.syncOperations
            let rawWriter = RawWriter()
            try pipeline.addHandler(rawWriter)
            try pipeline.addHandler(HTTPResponseEncoder())
            try pipeline.addHandler(
                ByteToMessageHandler(
                    HTTPRequestDecoder(
                        leftOverBytesStrategy: .forwardBytes, informationalResponseStrategy: .drop,
                        limitConfiguration: decoderLimits)))
            try pipeline.addHandler(
                FrontHandler(routes: routes, writer: rawWriter, sweeper: sweepers.sweeper(for: eventLoop)) { channel in
                    once.succeed(try Self.hummingbirdPipeline(on: channel))
                })
            return Value(channel: channel, hummingbird: needed.futureResult)
        }
    }

    private static func hummingbirdPipeline(
        on channel: any Channel
    ) throws -> NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart> {
        try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    /// Serves Hummingbird's requests of a connection, if any come.
    public func handle(value: Value, logger: Logger) async {
        guard let channel = try? await value.hummingbird.get() else { return }
        await handleHTTP(asyncChannel: channel, logger: logger)
    }
}

/// The place in the pipeline, below the response encoder, from which whole responses are written.
final class RawWriter: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = IOData
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func writeAndFlush(_ bytes: ByteBuffer) {
        context?.writeAndFlush(NIOAny(IOData.byteBuffer(bytes)), promise: nil)
    }
}

/// A promise that the first of two events fulfils.
private final class OncePromise: Sendable {
    private let promise: NIOLockedValueBox<EventLoopPromise<NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>?>?>

    init(_ promise: EventLoopPromise<NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>?>) {
        self.promise = .init(promise)
    }

    func succeed(_ value: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>?) {
        promise.withLockedValue { box in
            defer { box = nil }
            return box
        }?.succeed(value)
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
