import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Hummingbird's end of a connection.
typealias HummingbirdChannel = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

extension FrontHandler {
    /// Makes Hummingbird's part of the pipeline if it is not there yet. Returns false if that fails.
    func startHummingbirdOnce(context: ChannelHandlerContext) -> Bool {
        guard !hummingbird.isThere else { return true }
        do {
            let channel = context.channel
            let pipeline = channel.pipeline.syncOperations
            let encoder = HTTPResponseEncoder()
            try pipeline.addHandler(encoder, position: .after(writer))
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            let end = try HummingbirdChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
            hummingbird.start(encoder: encoder)
            front.startHummingbird(end)
            return true
        } catch {
            return false
        }
    }

    // MARK: Requests

    func forward(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        if case .body(let bytes) = part { request.addForwarded(bodyBytes: bytes.readableBytes) }
        context.fireChannelRead(wrapInboundOut(part))
        turn.recordForwarded()
        guard case .end = part else { return }
        replaceDecoderIfStopped(context: context)
        request.endForwarding()
        deadlines.expire(at: .distantFuture)  // a response may be a stream without an end
        follow(state.endForwardedRequest(), context: context)
    }

    // MARK: Responses

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .forwarding = state.phase else {
            promise?.fail(ChannelError.outputClosed)  // the request has had another answer
            return
        }
        writeGathered()
        switch unwrapOutboundIn(data) {
        case .head(let head):
            write(head, context: context, promise: promise)
        case .body where request.facts.isHead:
            skip(promise, context: context)
        case .body:
            context.write(data, promise: promise)
        case .end:
            if request.facts.isHead { skip(promise, context: context) } else { context.write(data, promise: promise) }
            follow(state.endForwardedResponse(), context: context)
        }
    }

    private func write(_ head: HTTPResponseHead, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        var head = head
        if head.status.code < 200 {
            guard !request.facts.isHTTP10 else { return skip(promise, context: context) }
        } else {
            request.beginResponse()
            // The encoder writes no chunks for HTTP/1.0, so the body ends with the connection.
            if request.facts.isHTTP10 {
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

    /// Writes nothing. The response to HEAD ends with its head, but the encoder would write a last chunk.
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
