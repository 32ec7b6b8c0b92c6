import DequeModule
import HTTPKit
import NIOCore
import NIOHTTP1

extension FrontHandler {
    /// Ends the server's side of the connection once what was written is out, and reads on until the client has ended
    /// its own, for a short time.
    func finish(context: ChannelHandlerContext) {
        let owesBody = state.owesBody
        guard state.beginEnding() else { return }
        dropRequests()
        if owesBody { failBody(context: context) }
        writeGathered()
        context.flush()
        expire(after: routes.limits.stallSecondsMax)
        if inputIsClosed {
            // Both sides would be closed then, and NIO drops what is not written yet.
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            writer.whenFlushed { bound.value.cut() }
        } else {
            context.close(mode: .output, promise: nil)
            readIsHeld = false
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
        collecting = nil
        upgrading = nil
        forwarding = nil
        waiting = []
    }

    /// Tells Hummingbird that the body it reads will not be whole. It would take the mere end of its input for the end
    /// of the body.
    private func failBody(context: ChannelHandlerContext) {
        if hummingbirdIsThere { context.fireErrorCaught(HTTPParserError.closedConnection) }
    }

    // MARK: Events

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            if state.quiesce() { finish(context: context) }
        case ChannelEvent.inputClosed:
            inputIsClosed = true
            state.endSequel()
            abandonUpgrade()
            channelReadComplete(context: context)
            return  // Hummingbird learns of it once it has had all requests
        case ChannelEvent.outputClosed:
            expire(after: ListenerLimits.lingerSecondsMax)
            return  // Hummingbird would take it for a failure of its own, and close the rest at once
        default:
            break
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Tells Hummingbird, at work on the last request, that the client has closed its side: it may stop what nobody
    /// waits for. Not before the last one, since it would not look at any that came later.
    func tellHummingbirdOfEnd(context: ChannelHandlerContext) {
        guard case .forwarding = state.phase, waiting.isEmpty, !hummingbirdKnowsOfEnd else { return }
        hummingbirdKnowsOfEnd = true
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    }

    /// Hummingbird has nothing more to say. A fast route may have.
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
            break  // more bytes behind those that broke the parser
        default:
            if hummingbirdIsThere { context.fireErrorCaught(error) }
            cut()
        }
    }

    // MARK: Time

    /// Called by the sweeper once a second.
    func checkDeadlines(now: NIODeadline) {
        if stallDeadline < now { return cut() }
        guard deadline < now, let context else { return }
        deadline = .distantFuture
        switch state.phase {
        case .collecting:
            endEarly(collecting.map { $0.route.tooSlow(for: $0.head) } ?? .requestTimeout, context: context)
        case .awaitingUpgradeEnd:
            endEarly(routes.answer(.requestTimeout, to: upgrading?.head), context: context)
        case .forwarding(requestEnded: false, _) where !responseHasBegun:
            endEarly(routes.answer(.requestTimeout, to: forwarding), context: context)
        default:
            cut()
        }
    }
}
