import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Hummingbird's end of a connection.
typealias HummingbirdChannel = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

extension FrontHandler {
    /// Makes Hummingbird's part of the pipeline when its first request comes. False if that fails.
    func startHummingbirdOnce(context: ChannelHandlerContext) -> Bool {
        guard !hummingbirdIsThere else { return true }
        do {
            let channel = context.channel
            let pipeline = channel.pipeline.syncOperations
            let encoder = HTTPResponseEncoder()
            try pipeline.addHandler(encoder, position: .after(writer))
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            let end = try HummingbirdChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            self.encoder = encoder
            front.startHummingbird(end)
            return true
        } catch {
            return false
        }
    }

    // MARK: Requests

    func forward(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        if case .body(let bytes) = part { arrival.bodyBytes &+= bytes.readableBytes }
        context.fireChannelRead(wrapInboundOut(part))
        hasForwarded = true
        guard case .end = part else { return }
        renewDecoderIfStopped(context: context)
        forwarding = nil
        deadline = .distantFuture  // a response may be a stream without an end
        follow(state.forwardedRequestEnded(), context: context)
    }

    // MARK: Responses

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .forwarding = state.phase else {
            promise?.fail(ChannelError.outputClosed)  // the request has had another answer
            return
        }
        if gathered.readableBytes > 0 { writeGathered() }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            write(head, context: context, promise: promise)
        case .body where request.isHead:
            skip(promise, context: context)
        case .body:
            context.write(data, promise: promise)
        case .end:
            if request.isHead { skip(promise, context: context) } else { context.write(data, promise: promise) }
            follow(state.forwardedResponseEnded(), context: context)
        }
    }

    private func write(_ head: HTTPResponseHead, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        var head = head
        if head.status.code < 200 {
            guard !request.isHTTP10 else { return skip(promise, context: context) }
        } else {
            responseHasBegun = true
            // The encoder makes no chunks for HTTP/1.0; the end of the connection is the end of the body there.
            if request.isHTTP10 {
                head.version = .http1_0
                state.closeAfterResponse()
            } else if !head.isKeepAlive {
                state.closeAfterResponse()
            }
            head.headers.replaceOrAdd(name: "Date", value: sweeper.date)
            if state.closesAfterResponse { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    /// Writes nothing: the response to HEAD ends with its head, and the encoder would write the last chunk.
    private func skip(_ promise: EventLoopPromise<Void>?, context: ChannelHandlerContext) {
        if promise != nil { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: promise) }
    }

    private func follow(_ passed: ConnectionState.Passed, context: ChannelHandlerContext) {
        switch passed {
        case .wait:
            break
        case .idle:
            expire(after: routes.limits.idleSecondsMax)
            advance(context: context)
        case .close:
            finish(context: context)
        }
    }
}
