import NIOCore
import NIOHTTP1
import NIOWebSocket

/// Sends the handshake as soon as it is in the pipeline of a connection, checks the answer, and replaces itself by the
/// WebSocket's handlers. It reports to its owner exactly once.
final class HandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The bytes of a refusal's body that are read.
    private static let bodyBytesMax = 4096

    private let request: UpgradeRequest
    private let timeout: TimeAmount
    private let link: LinkHandler
    private let messageBytesMax: Int
    private var owner: (any LinkOwner)?
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var input = ByteBuffer()
    private var refusal: HandshakeRefusal?
    private var bodyBytes = HandshakeHandler.bodyBytesMax

    /// - Parameters:
    ///   - request: the handshake.
    ///   - timeout: for TLS and the handshake together.
    ///   - messageBytesMax: the largest accepted frame.
    ///   - link: the handler that replaces this one.
    ///   - owner: gets the result.
    init(
        _ request: UpgradeRequest, timeout: TimeAmount, messageBytesMax: Int, link: LinkHandler, owner: any LinkOwner
    ) {
        self.request = request
        self.timeout = timeout
        self.messageBytesMax = messageBytesMax
        self.link = link
        self.owner = owner
    }

    /// Ends the attempt without telling the owner.
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
        context.writeAndFlush(wrapOutboundOut(request.bytes), promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard owner != nil else { return }
        input.writeImmutableBuffer(unwrapInboundIn(data))
        do {
            while refusal == nil, let head = try ResponseHead.read(from: &input) {
                switch head.status.code {
                case 101: return upgrade(context, head)
                case ..<200: continue  // Something on the way; the answer is yet to come.
                default: refused(head)
                }
            }
        } catch {
            return fail(.notWebSocket("the answer is not HTTP"))
        }
        if refusal != nil, input.readableBytes >= bodyBytes { refuse() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        // A refusal with an incomplete body is still a refusal: its status decides.
        refusal == nil ? fail(.unreachable("the connection was lost in the handshake")) : refuse()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        refusal == nil ? fail(.unreachable("\(error)")) : refuse()
    }

    private func refused(_ head: HTTPResponseHead) {
        refusal = UpgradeRequest.refusal(head)
        // A body without a length (in chunks, or up to the end) is not read: Scorecast sends no such body.
        let length = head.headers.first(name: "Content-Length").flatMap { UInt32($0) } ?? 0
        bodyBytes = min(Int(length), Self.bodyBytesMax)
    }

    private func refuse() {
        guard var refusal else { return }
        refusal.read(input)
        fail(.refused(refusal))
    }

    private func fail(_ loss: ScoreboardLoss) {
        let owner = owner
        cancel()
        owner?.lost(loss, heardFor: .zero)
    }

    private func upgrade(_ context: ChannelHandlerContext, _ head: HTTPResponseHead) {
        if let problem = request.problem(in: head) { return fail(.notWebSocket(problem)) }
        guard let owner else { return }
        self.owner = nil
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandlers(
                [
                    WebSocketFrameEncoder(), ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: messageBytesMax)),
                    link,
                ], position: .after(self))
        } catch {
            context.close(promise: nil)
            return owner.lost(.unreachable("\(error)"), heardFor: .zero)
        }
        link.open(owner)
        // Bytes that came together with the answer.
        if input.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(input)) }
        pipeline.removeHandler(context: context, promise: nil)
    }
}
