import NIOCore
import NIOHTTP1

/// Sends one request as soon as it is in the pipeline, reads the answer, and closes the connection.
final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let head: HTTPRequestHead
    private let body: [UInt8]?
    private let timeout: TimeAmount
    private let bodyBytesMax: Int
    private var answer: EventLoopPromise<SessionResponse>?
    private var timer: Scheduled<Void>?
    private var response: SessionResponse?

    /// - Parameters:
    ///   - head: the head of the request.
    ///   - body: its body.
    ///   - timeout: for TLS, the request and the answer together.
    ///   - bodyBytesMax: the largest body of an answer.
    ///   - answer: gets the result, exactly once.
    init(
        _ head: HTTPRequestHead, _ body: [UInt8]?, timeout: TimeAmount, bodyBytesMax: Int,
        answer: EventLoopPromise<SessionResponse>
    ) {
        self.head = head
        self.body = body
        self.timeout = timeout
        self.bodyBytesMax = bodyBytesMax
        self.answer = answer
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { [weak self] in
            self?.finish(.failure(SessionError(.unavailable, "the server took too long")), channel)
        }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if let body { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let seconds = head.headers.first(name: "Retry-After").flatMap { UInt32($0) }
            response = SessionResponse(
                status: Int(head.status.code), retryAfter: seconds.map { .seconds(Int64($0)) }, body: [])
        case .body(let part):
            response?.body.append(contentsOf: part.readableBytesView)
            if let response, response.body.count > bodyBytesMax {
                finish(.failure(SessionError(.unavailable, "the server's answer is too long")), context.channel)
            }
        case .end:
            if let response { finish(.success(response), context.channel) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failure(SessionError(.unavailable, "the connection was lost")), context.channel)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.failure(error), context.channel)
    }

    private func finish(_ result: Result<SessionResponse, any Error>, _ channel: any Channel) {
        guard let answer else { return }
        self.answer = nil
        timer?.cancel()
        answer.completeWith(result)
        channel.close(promise: nil)
    }
}
