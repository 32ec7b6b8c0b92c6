import HTTPKit
import NIOCore
import NIOHTTP1

/// The handler between the HTTP/1.1 parser and Hummingbird. It serves the fast routes and the upgrades itself, and
/// passes all other requests on. Hummingbird's part of the pipeline is made when its first request comes, so a
/// connection that only updates scores, or becomes a WebSocket, never pays for it.
///
/// The handler carries out; the decisions are in values with a state of their own:
/// - `ConnectionState`: the phase of the connection, and its next step,
/// - `RequestInProgress`: the request, and the parts of it that are kept,
/// - `Turn`: the parts that wait, the gathered answers, and held reads,
/// - `DecoderSlot`: the parser, and its replacement,
/// - `HummingbirdSide`: Hummingbird's part of the pipeline,
/// - `Deadlines`: when the connection is given up.
///
/// The extensions hold the answers, the flow, the upgrades, Hummingbird, and the ends of a connection.
final class FrontHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart
    typealias Decoder = ByteToMessageHandler<HTTPRequestDecoder>

    let front: FrontChannel
    let writer: SocketSide
    let sweeper: ConnectionSweeper
    /// Nil outside of the pipeline.
    private(set) var context: ChannelHandlerContext?
    var state = ConnectionState()
    var request = RequestInProgress()
    var turn = Turn()
    var decoder: DecoderSlot<Decoder>
    var hummingbird = HummingbirdSide()
    var deadlines = Deadlines()
    private lazy var remoteAddress = context?.channel.remoteAddress

    init(_ front: FrontChannel, writer: SocketSide, decoder: Decoder, sweeper: ConnectionSweeper) {
        self.front = front
        self.writer = writer
        self.decoder = DecoderSlot(decoder)
        self.sweeper = sweeper
    }

    var routes: FrontRoutes { front.routes }

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
        turn.beginReading()
        guard state.sequel == .open else { return }
        let part = unwrapInboundIn(data)
        let partsMax = routes.limits.waitingPartsMax + ListenerLimits.unwantedPartsMax
        switch turn.receive(part, mustWait: mustWait, partsMax: partsMax) {
        case .take: take(part, context: context)
        case .wait: break
        case .refuse: state.endSequel()
        }
    }

    /// Whether the next part has to wait. If a client does not read the answers, no further ones are made for it.
    var mustWait: Bool { state.mustWait || (deadlines.isStalled && state.isIdle) }

    func take(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        if case .end = part { writer.awaitRequestLine() }
        switch (state.phase, part) {
        case (.idle, .head(let head)): begin(head, context: context)
        case (.collecting, .body(let bytes)): collect(bytes, context: context)
        case (.collecting, .end): serve(context: context)
        case (.awaitingUpgradeEnd, .end): decideUpgrade(context: context)
        case (.forwarding, _): forward(part, context: context)
        default: break  // the rest of a request that was answered early, or the body of an upgrade request
        }
    }

    private func begin(_ received: HTTPRequestHead, context: ChannelHandlerContext) {
        request.begin(received, received: writer.received)
        expire(after: routes.limits.requestSecondsMax)
        if request.facts.isLast { state.closeAfterResponse() }
        if let fault = request.facts.fault {
            return endEarly(routes.answer(fault.response, to: received), context: context)
        }
        switch RequestTarget(
            received, bytesMax: routes.limits.targetBytesMax, literalPaths: routes.literalPaths,
            prefix: routes.pathPrefix)
        {
        case .resource(let head): begin(on: head, context: context)
        case .server: beginCollecting(for: ServerRoute(sharedFields: routes.sharedFields), received)
        case .tooLong: endEarly(routes.answer(.targetTooLong, to: received), context: context)
        case .malformed: endEarly(routes.answer(.badRequest, to: received), context: context)
        }
    }

    private func begin(on head: HTTPRequestHead, context: ChannelHandlerContext) {
        if let route = routes.fast.first(where: { $0.accepts(head) }) {
            request.setTemplate(route.template)
            guard request.facts.contentLength <= route.bodyBytesMax else {
                return endEarly(route.tooLarge(for: head), context: context)
            }
            beginCollecting(for: route, head)
        } else if let route = routes.upgrade.first(where: { $0.accepts(head) }) {
            request.setTemplate(route.template)
            state.beginUpgrade()
            request.awaitEnd(for: route, head)
            sendContinueIfExpected()
        } else {
            state.beginForwarding()
            request.forward(head)
            sendContinueIfExpected()
            guard startHummingbirdOnce(context: context) else { return cut() }
            forward(.head(head), context: context)
        }
    }

    private func beginCollecting(for route: any FastRoute, _ head: HTTPRequestHead) {
        state.beginCollecting()
        request.collect(for: route, head)
        sendContinueIfExpected()
    }

    private func sendContinueIfExpected() {
        if request.facts.expectsContinue { turn.gatherContinue() }
    }

    private func collect(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
        if let refusal = request.append(bytes) { endEarly(refusal, context: context) }
    }

    private func serve(context: ChannelHandlerContext) {
        guard let (route, head, body) = request.takeCollected() else { return }
        replaceDecoderIfStopped(context: context)
        state.beginAnswering()
        expire(after: routes.limits.answerSecondsMax)
        let number = request.number
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let request = FastRequest(
            head: head, body: body, remoteAddress: remoteAddress, hasContentCoding: request.facts.hasContentCoding)
        route.handle(request, on: context.eventLoop) { response in
            if bound.eventLoop.inEventLoop {
                bound.value.answer(response, to: number)
            } else {
                bound.eventLoop.execute { bound.value.answer(response, to: number) }
            }
        }
    }

    /// The connection waits for something, for this long at most.
    func expire(after seconds: Int) { deadlines.expire(at: sweeper.now + .seconds(Int64(seconds))) }
}
