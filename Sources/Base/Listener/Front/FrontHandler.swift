import DequeModule
import HTTPKit
import NIOCore
import NIOHTTP1

/// Stands behind the HTTP/1.1 codec and in front of Hummingbird: serves the fast routes and the upgrades itself and
/// passes everything else on. Hummingbird's part of the pipeline is made when its first request comes, so that a
/// connection which only ever updates scores, or becomes a WebSocket, never pays for it.
///
/// What it decides is in `ConnectionState`. Here are the requests; the answers, the flow and the ends of a connection,
/// Hummingbird and the upgrades are in the extensions.
final class FrontHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    let front: FrontChannel
    let writer: SocketSide
    /// Another one after each request whose offer of an upgrade is not taken.
    var decoder: ByteToMessageHandler<HTTPRequestDecoder>
    let sweeper: ConnectionSweeper
    /// Writes Hummingbird's responses; nil until its part of the pipeline was made.
    var encoder: HTTPResponseEncoder?
    /// nil outside of the pipeline.
    var context: ChannelHandlerContext?
    var state = ConnectionState()

    // MARK: The request in work

    /// Counts requests, so that an answer can only ever be the one to its own.
    var requestNumber = 0
    var request = RequestFacts()
    /// What metrics say of the request.
    var account = RequestAccount()
    /// What the request has brought so far, to bound what its framing may take.
    var arrival = RequestArrival()
    /// The route, head and body of a fast request.
    var collecting: (route: any FastRoute, head: HTTPRequestHead, body: ByteBuffer)?
    /// The route and head of an upgrade request.
    var upgrading: (route: any UpgradeRoute, head: HTTPRequestHead)?
    /// Whether an upgrade route is at work on the request.
    var upgradeIsUndecided = false
    /// The head of a request that is passing to Hummingbird, until its end.
    var forwarding: HTTPRequestHead?
    /// Whether Hummingbird's response has begun.
    var responseHasBegun = false
    private lazy var remoteAddress = context?.channel.remoteAddress

    // MARK: Flow

    /// Parts of pipelined requests that wait for the one in work.
    var waiting = Deque<HTTPServerRequestPart>()
    /// Answers that were made in this turn and are written at its end.
    var gathered = ByteBuffer()
    /// Whether parts of one read are arriving; its end is the end of the turn.
    var isReading = false
    var isAdvancing = false
    /// Whether the parser before this one is on its way out of the pipeline.
    var isRenewingDecoder = false
    /// Whether this one has to go, too, as soon as that has left.
    var renewalIsDue = false
    var readIsHeld = false
    var isWritable = true
    /// Whether parts were passed to Hummingbird that it looks at when it is told that the read is complete.
    var hasForwarded = false
    var inputIsClosed = false
    var hummingbirdKnowsOfEnd = false
    /// When the connection is cut unless something happens.
    var deadline = NIODeadline.distantFuture
    /// When the connection is cut unless the client reads.
    var stallDeadline = NIODeadline.distantFuture

    init(
        _ front: FrontChannel, writer: SocketSide, decoder: ByteToMessageHandler<HTTPRequestDecoder>,
        sweeper: ConnectionSweeper
    ) {
        self.front = front
        self.writer = writer
        self.decoder = decoder
        self.sweeper = sweeper
    }

    var routes: FrontRoutes { front.routes }
    var hummingbirdIsThere: Bool { encoder != nil }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        sweeper.add(self)
        expire(after: routes.limits.requestSecondsMax)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        sweeper.remove(self)
        self.context = nil
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        guard state.sequel == .open else { return }
        let part = unwrapInboundIn(data)
        if waiting.isEmpty, !mustWait {
            take(part, context: context)
        } else if waiting.count < routes.limits.waitingPartsMax + ListenerLimits.unwantedPartsMax {
            waiting.append(part)
        } else {
            state.endSequel()
        }
    }

    /// Whether the next part has to wait. Who does not read the answers gets no further ones made.
    var mustWait: Bool { state.mustWait || (!isWritable && state.isIdle) }

    func take(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        if case .end = part { writer.awaitRequestLine() }
        switch (state.phase, part) {
        case (.idle, .head(let head)): begin(head, context: context)
        case (.collecting, .body(let bytes)): collect(bytes, context: context)
        case (.collecting, .end): serve(context: context)
        case (.awaitingUpgradeEnd, .end): decideUpgrade(context: context)
        case (.forwarding, _): forward(part, context: context)
        default: break  // the rest of a request that was answered before its end, or the body of an upgrade request
        }
    }

    private func begin(_ received: HTTPRequestHead, context: ChannelHandlerContext) {
        requestNumber &+= 1
        request = RequestFacts(received)
        account = RequestAccount(method: received.method)
        arrival = RequestArrival(start: writer.received)
        expire(after: routes.limits.requestSecondsMax)
        if request.isLast { state.closeAfterResponse() }
        if let fault = request.fault { return endEarly(routes.answer(fault.response, to: received), context: context) }
        switch RequestTarget(
            received, bytesMax: routes.limits.targetBytesMax, literalPaths: routes.literalPaths)
        {
        case .resource(let head): begin(on: head, context: context)
        case .server: beginCollecting(for: ServerRoute(sharedFields: routes.sharedFields), received)
        case .tooLong: endEarly(routes.answer(.targetTooLong, to: received), context: context)
        case .malformed: endEarly(routes.answer(.badRequest, to: received), context: context)
        }
    }

    private func begin(on head: HTTPRequestHead, context: ChannelHandlerContext) {
        if let route = routes.fast.first(where: { $0.accepts(head) }) {
            account.template = route.template
            guard request.contentLength <= route.bodyBytesMax else {
                return endEarly(route.tooLarge(for: head), context: context)
            }
            beginCollecting(for: route, head)
        } else if let route = routes.upgrade.first(where: { $0.accepts(head) }) {
            account.template = route.template
            state.beginUpgrade()
            upgrading = (route, head)
            sendContinueIfExpected()
        } else {
            state.beginForwarding()
            forwarding = head
            responseHasBegun = false
            sendContinueIfExpected()
            guard startHummingbirdOnce(context: context) else { return cut() }
            forward(.head(head), context: context)
        }
    }

    private func beginCollecting(for route: any FastRoute, _ head: HTTPRequestHead) {
        state.beginCollecting()
        collecting = (route, head, ByteBuffer())
        sendContinueIfExpected()
    }

    /// Tells a client that asks first to send its body (RFC 9110, 10.1.1).
    private func sendContinueIfExpected() {
        if request.expectsContinue { gathered.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n") }
    }

    private func collect(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
        arrival.bodyBytes &+= bytes.readableBytes
        guard var current = collecting.take() else { return }
        if current.body.readableBytes == 0 {
            current.body = bytes
        } else {
            current.body.writeImmutableBuffer(bytes)
        }
        if current.body.readableBytes > current.route.bodyBytesMax {
            endEarly(current.route.tooLarge(for: current.head), context: context)
        } else {
            collecting = current
        }
    }

    private func serve(context: ChannelHandlerContext) {
        guard let (route, head, body) = collecting.take() else { return }
        renewDecoderIfStopped(context: context)
        state.beginAnswering()
        expire(after: routes.limits.answerSecondsMax)
        let number = requestNumber
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let request = FastRequest(
            head: head, body: body, remoteAddress: remoteAddress, hasContentCoding: self.request.hasContentCoding)
        route.handle(request, on: context.eventLoop) { response in
            if bound.eventLoop.inEventLoop {
                bound.value.answer(response, to: number)
            } else {
                bound.eventLoop.execute { bound.value.answer(response, to: number) }
            }
        }
    }

    func expire(after seconds: Int) { deadline = sweeper.now + .seconds(Int64(seconds)) }
}

extension Optional {
    /// The value, leaving nil in its place.
    mutating func take() -> Wrapped? {
        defer { self = nil }
        return self
    }
}
