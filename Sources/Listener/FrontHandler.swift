import NIOCore
import NIOHTTP1

/// Stands behind the HTTP/1.1 codec and in front of Hummingbird: serves the fast routes and the upgrades itself and passes
/// everything else on. Hummingbird's part of the pipeline is made when its first request comes, so that a connection which
/// only ever updates scores, or becomes a WebSocket, never pays for it.
final class FrontHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    let routes: FrontRoutes
    var state = ConnectionState()
    /// The route, head and body of the fast request in work.
    private var collecting: (route: any FastRoute, head: HTTPRequestHead, body: ByteBuffer)?
    /// The head of the upgrade request in work, with its route.
    var upgrading: (route: any UpgradeRoute, head: HTTPRequestHead)?
    /// Parts of pipelined requests that wait for the one in work.
    private var waiting = CircularBuffer<HTTPServerRequestPart>(initialCapacity: 0)
    private var readIsHeld = false
    private var forwardedHeadKeepsAlive = true
    /// When the connection is cut unless something happens; swept once a second.
    var deadline: NIODeadline
    private let writer: RawWriter
    private let sweeper: ConnectionSweeper
    private let startHummingbird: (any Channel) throws -> Void
    private var hummingbirdIsThere = false

    init(
        routes: FrontRoutes, writer: RawWriter, sweeper: ConnectionSweeper,
        startHummingbird: @escaping (any Channel) throws -> Void
    ) {
        self.routes = routes
        self.writer = writer
        self.sweeper = sweeper
        self.startHummingbird = startHummingbird
        self.deadline = .now() + .seconds(Int64(routes.limits.requestSecondsMax))
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if state.mustWait {
            waiting.append(part)
        } else {
            take(part, context: context)
        }
    }

    private func take(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        switch (state.phase, part) {
        case (.idle, .head(let head)): begin(head, context: context)
        case (.collecting, .body(let bytes)): collect(bytes, context: context)
        case (.collecting, .end): serve(context: context)
        case (.awaitingUpgradeEnd, .end): decideUpgrade(context: context)
        case (.forwarding, _): forward(part, context: context)
        default: break  // the rest of a request that was answered before its end
        }
    }

    private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        deadline = .now() + .seconds(Int64(routes.limits.requestSecondsMax))
        if !head.isKeepAlive { _ = state.wantsEnd() }
        if let route = routes.fast.first(where: { $0.accepts(head) }) {
            state.beginCollecting()
            collecting = (route, head, ByteBuffer())
            let declared = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
            if declared > route.bodyBytesMax {
                endEarly(route.tooLarge, context: context)
            } else if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
                writer.writeAndFlush(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
            }
        } else if let route = routes.upgrade.first(where: { $0.accepts(head) }) {
            state.beginUpgrade()
            upgrading = (route, head)
        } else {
            state.beginForwarding()
            forwardedHeadKeepsAlive = head.isKeepAlive
            startHummingbirdOnce(context: context)
            forward(.head(head), context: context)
        }
    }

    private func collect(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
        guard var current = collecting.take() else { return }
        if current.body.readableBytes == 0 {
            current.body = bytes
        } else {
            current.body.writeImmutableBuffer(bytes)
        }
        collecting = current
        if current.body.readableBytes > current.route.bodyBytesMax {
            endEarly(current.route.tooLarge, context: context)
        }
    }

    private func serve(context: ChannelHandlerContext) {
        guard let (route, head, body) = collecting.take() else { return }
        state.beginAnswering()
        deadline = .distantFuture
        let eventLoop = context.eventLoop
        let bound = NIOLoopBound((self, context), eventLoop: eventLoop)
        let request = FastRequest(head: head, body: body, remoteAddress: context.channel.remoteAddress)
        route.handle(request, on: eventLoop) { response in
            if eventLoop.inEventLoop {
                let (handler, context) = bound.value
                handler.answer(response, context: context)
            } else {
                eventLoop.execute {
                    let (handler, context) = bound.value
                    handler.answer(response, context: context)
                }
            }
        }
    }

    // MARK: Answers

    func answer(_ response: FastResponse, context: ChannelHandlerContext) {
        guard state.phase == .answering else { return }  // the connection is gone
        let closes = state.closesAfterResponse || response.closes
        write(response, closes: closes, context: context)
        state.answered()
        if closes {
            close(context: context)
        } else {
            becameIdle(context: context)
        }
    }

    /// Answers before the request has ended, and closes: what else comes is not read.
    func endEarly(_ response: FastResponse, context: ChannelHandlerContext) {
        collecting = nil
        upgrading = nil
        write(response, closes: true, context: context)
        close(context: context)
    }

    /// Writes a whole response past the response encoder.
    func write(_ response: FastResponse, closes: Bool, context: ChannelHandlerContext) {
        writer.writeAndFlush(ResponseEncoder.encode(response, closes: closes, allocator: context.channel.allocator))
    }

    /// Closes once what was written is out, and lets the client read it: output first, then the rest within two seconds.
    private func close(context: ChannelHandlerContext) {
        state.beginEnding()
        deadline = .now() + .seconds(2)
        context.close(mode: .output, promise: nil)
    }

    private func becameIdle(context: ChannelHandlerContext) {
        deadline = .now() + .seconds(Int64(routes.limits.idleSecondsMax))
        while !state.mustWait, let part = waiting.popFirst() {
            take(part, context: context)
        }
        if waiting.isEmpty, readIsHeld {
            readIsHeld = false
            context.read()
        }
    }

    // MARK: Hummingbird

    private func startHummingbirdOnce(context: ChannelHandlerContext) {
        guard !hummingbirdIsThere else { return }
        hummingbirdIsThere = true
        do {
            try startHummingbird(context.channel)
        } catch {
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }

    private func forward(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        context.fireChannelRead(wrapInboundOut(part))
        guard case .end = part else { return }
        deadline = .distantFuture
        if state.forwardedRequestEnded() { becameIdle(context: context) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head) where state.closesAfterResponse && forwardedHeadKeepsAlive:
            head.headers.replaceOrAdd(name: "connection", value: "close")
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            context.write(data, promise: promise)
            if state.forwardedResponseEnded() {
                context.flush()
                if state.closesAfterResponse { close(context: context) } else { becameIdle(context: context) }
            }
        default:
            context.write(data, promise: promise)
        }
    }

    // MARK: Flow and ends

    func read(context: ChannelHandlerContext) {
        if state.mustWait, waiting.count >= routes.limits.waitingPartsMax {
            readIsHeld = true
        } else {
            context.read()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if hummingbirdIsThere { context.fireChannelReadComplete() }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        sweeper.add(self, context: context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        sweeper.remove(self)
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.beginEnding()
        collecting = nil
        upgrading = nil
        waiting.removeAll()
        sweeper.remove(self)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        let ends: Bool
        switch event {
        case is ChannelShouldQuiesceEvent: ends = true
        case ChannelEvent.inputClosed: ends = true
        default: ends = false
        }
        // The client has said all it will say, or the server is on its way down: finish what is in work, then close.
        if ends {
            if state.phase == .ending || state.phase == .collecting || state.phase == .awaitingUpgradeEnd {
                if event is ChannelEvent { context.close(promise: nil) }
                _ = state.wantsEnd()
            } else if state.wantsEnd() {
                context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is HTTPParserError, state.phase == .idle || state.phase == .collecting {
            endEarly(routes.malformed, context: context)
        } else if hummingbirdIsThere {
            context.fireErrorCaught(error)
        } else {
            context.close(promise: nil)
        }
    }

    /// Called by the sweeper once the deadline has passed.
    func deadlinePassed(context: ChannelHandlerContext) {
        if state.phase == .collecting, let route = collecting?.route {
            endEarly(route.tooSlow, context: context)
        } else {
            context.close(promise: nil)
        }
    }
}

extension Optional {
    /// The value, leaving nil in its place.
    fileprivate mutating func take() -> Wrapped? {
        defer { self = nil }
        return self
    }
}
