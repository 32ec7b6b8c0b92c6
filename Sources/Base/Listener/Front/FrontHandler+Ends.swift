import HTTPKit
import NIOCore
import NIOHTTP1

extension FrontHandler {
    /// Ends the server's side of the connection after everything was written. Then reads until the client has ended its
    /// side, for a short time.
    func finish(context: ChannelHandlerContext) {
        let owesBody = state.owesBody
        guard state.beginEnding() else { return }
        dropRequests()
        if owesBody { failBody(context: context) }
        writeGathered()
        context.flush()
        expire(after: routes.limits.stallSecondsMax)
        if state.inputIsClosed {
            // Closing the output would close both sides, and NIO would drop the bytes that are not written yet.
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            writer.whenFlushed { bound.value.cut() }
        } else {
            context.close(mode: .output, promise: nil)
            _ = turn.releaseRead()
            context.read()
        }
    }

    /// Closes the connection at once.
    func cut() {
        let owesBody = state.owesBody
        guard state.end(), let context else { return }
        dropRequests()
        if owesBody { failBody(context: context) }
        context.close(promise: nil)
    }

    private func dropRequests() {
        request.drop()
        turn.dropWaiting()
    }

    /// Tells Hummingbird that the body which it reads will not be whole. It would take the mere end of its input for
    /// the end of the body.
    private func failBody(context: ChannelHandlerContext) {
        if hummingbird.isThere { context.fireErrorCaught(HTTPParserError.closedConnection) }
    }

    // MARK: Events

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            if state.quiesce() { finish(context: context) }
        case ChannelEvent.inputClosed:
            state.closeInput()
            abandonUpgrade()
            channelReadComplete(context: context)
            return  // Hummingbird is told when it has all requests
        case ChannelEvent.outputClosed:
            expire(after: ListenerLimits.lingerSecondsMax)
            return  // Hummingbird would take it for a failure of its own, and close the rest at once
        default:
            break
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// If Hummingbird works on the last request, tells it that the client has closed its side. Then it may stop work
    /// that nobody waits for. It must not know earlier, since it would ignore the requests that come later.
    func tellHummingbirdOfEnd(context: ChannelHandlerContext) {
        guard case .forwarding = state.phase, turn.isCaughtUp, hummingbird.takeEnd() else { return }
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    /// Hummingbird has written all of its responses. A fast route may still answer.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .output else { return context.close(mode: mode, promise: promise) }
        if state.isForFrontRoute { state.closeAfterResponse() } else { finish(context: context) }
        promise?.succeed()
    }

    func channelInactive(context: ChannelHandlerContext) {
        cut()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.headerOverflow:
            let isTarget = writer.lineBytes > routes.limits.headerFieldBytesMax
            state.refuseSequel(isTarget ? .targetTooLong : .headersTooLarge)
        case is HTTPParserError:
            state.refuseSequel(.malformed)
        case is ByteToMessageDecoderError.PayloadTooLargeError:
            state.endSequel()
        case is ByteToMessageDecoderError:
            break  // more bytes after those that broke the parser
        default:
            if hummingbird.isThere { context.fireErrorCaught(error) }
            cut()
        }
    }

    // MARK: Time

    /// Called by the sweeper once a second.
    func checkDeadlines(now: NIODeadline) {
        switch deadlines.check(now: now) {
        case .none: break
        case .stalled: cut()
        case .expired: endExpired()
        }
    }

    private func endExpired() {
        guard let context else { return }
        switch state.phase {
        case .collecting:
            endEarly(request.tooSlow ?? .requestTimeout, context: context)
        case .awaitingUpgradeEnd:
            endEarly(routes.answer(.requestTimeout, to: request.arrivingHead), context: context)
        case .forwarding(requestEnded: false, _) where !request.responseHasBegun:
            endEarly(routes.answer(.requestTimeout, to: request.arrivingHead), context: context)
        default:
            cut()
        }
    }
}
