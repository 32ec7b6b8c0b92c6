import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Asks for the WebSocket as soon as it is in the pipeline of a connection, checks the answer, and puts the WebSocket's handlers in
/// its own place and that of HTTP. Reports to its owner exactly once.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// How much of the body of a refusal is read.
    private static let bodyBytesMax = 4096

    private let request: UpgradeRequest
    private let timeout: TimeAmount
    private let link: LinkHandler
    private let messageBytesMax: Int
    private var owner: (any LinkOwner)?
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var isAccepted = false
    private var refusal: HandshakeRefusal?
    private var body = ByteBuffer()

    /// - Parameters:
    ///   - request: the handshake.
    ///   - timeout: for TLS and the handshake together.
    ///   - messageBytesMax: the largest frame that is taken.
    ///   - link: what follows it.
    ///   - owner: who is told.
    init(
        _ request: UpgradeRequest, timeout: TimeAmount, messageBytesMax: Int, link: LinkHandler, owner: any LinkOwner
    ) {
        self.request = request
        self.timeout = timeout
        self.messageBytesMax = messageBytesMax
        self.link = link
        self.owner = owner
    }

    /// Ends the attempt without a word to the owner.
    func cancel() {
        owner = nil
        context?.close(promise: nil)
    }

    /// The connection is there.
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { [weak self] in
            self?.fail(.handshakeTimedOut)
        }
        context.write(wrapOutboundOut(.head(request.head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head) where head.status == .switchingProtocols:
            if let problem = request.problem(in: head) { return fail(.notWebSocket(problem)) }
            isAccepted = true
        case .head(let head):
            refusal = UpgradeRequest.refusal(head)
        case .body(var part):
            body.writeBuffer(&part)
            if body.readableBytes > Self.bodyBytesMax { refuse() }
        case .end:
            isAccepted ? upgrade(context) : refuse()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // A refusal whose body is cut short is still one: its status decides.
        refusal == nil ? fail(.unreachable("the connection was lost in the handshake")) : refuse()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error is HTTPParserError ? .notWebSocket("the answer is not HTTP") : .unreachable("\(error)"))
    }

    private func refuse() {
        guard var refusal else { return fail(.notWebSocket("the answer has no head")) }
        if body.readableBytes <= Self.bodyBytesMax { refusal.read(body) }
        fail(.refused(refusal))
    }

    private func fail(_ loss: ScoreboardLoss) {
        let owner = owner
        cancel()
        owner?.lost(loss, heardFor: .zero)
    }

    private func upgrade(_ context: ChannelHandlerContext) {
        guard let owner else { return }
        self.owner = nil
        let pipeline = context.pipeline.syncOperations
        do {
            let decoder = try pipeline.context(handlerType: ByteToMessageHandler<HTTPResponseDecoder>.self)
            let encoder = try pipeline.context(handlerType: HTTPRequestEncoder.self)
            try pipeline.addHandlers([
                WebSocketFrameEncoder(), ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: messageBytesMax)),
                link,
            ])
            pipeline.removeHandler(context: context, promise: nil)
            pipeline.removeHandler(context: encoder, promise: nil)
            // The decoder is in the middle of a read: it goes when that is over, and hands on what came behind the
            // answer. Only then may anything be written, since it looks at what is written too.
            let removed = context.eventLoop.makePromise(of: Void.self)
            removed.futureResult.assumeIsolated().whenComplete { [link] _ in link.open(owner) }
            pipeline.removeHandler(context: decoder, promise: removed)
        } catch {
            context.close(promise: nil)
            owner.lost(.unreachable("the connection was lost in the handshake"), heardFor: .zero)
        }
    }
}
