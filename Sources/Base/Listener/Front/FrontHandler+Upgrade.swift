import HTTPKit
import NIOCore
import NIOHTTP1

extension FrontHandler {
    /// Asks the route. The request has wholly arrived.
    func decideUpgrade(context: ChannelHandlerContext) {
        guard let (route, head) = request.takeUpgrade() else { return }
        state.beginAnswering()
        expire(after: routes.limits.answerSecondsMax)
        let number = request.number
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        // While the previous parser is still there, the current one cannot be replaced.
        let hasToWait = decoder.isReplacing
        route.decide(head, channel: context.channel) { decision in
            if bound.eventLoop.inEventLoop, !hasToWait {
                bound.value.carryOut(decision, for: number)
            } else {
                bound.eventLoop.execute { bound.value.carryOut(decision, for: number) }
            }
        }
    }

    private func carryOut(_ decision: UpgradeDecision, for number: Int) {
        guard request.endDecision(for: number) else { return }
        switch decision {
        case .refuse(let response):
            if let context, !response.closes { replaceDecoderIfStopped(context: context) }
            answer(response, to: number)
        case .upgrade(let fields, let install):
            guard state.phase == .answering, let context else { return }
            guard mayUpgrade else { return refuseMalformed(number) }
            gather(FastResponse(status: .switchingProtocols, fields: fields), closes: false)
            leaveHTTP(install: install, context: context)
        case .stream(let fields, let install):
            guard state.phase == .answering, let context else { return }
            // A client that has closed its side may be gone, and nothing tells whether it is.
            guard !state.inputIsClosed else { return refuseMalformed(number) }
            guard !request.facts.isHead else { return answerHead(fields, to: number, context: context) }
            record(.ok)
            turn.gatherStreamHead(fields, date: sweeper.date)
            turn.dropWaiting()
            leaveHTTP(install: install, context: context)
        }
    }

    /// Refuses an upgrade without waiting for its decision. The client has closed its side, so there can be no upgrade.
    func abandonUpgrade() {
        guard request.endDecision(for: request.number) else { return }
        refuseMalformed(request.number)
    }

    /// Answers HEAD with the head that a stream would have. The length of the stream is not known.
    private func answerHead(
        _ fields: [(name: String, value: String)], to number: Int, context: ChannelHandlerContext
    ) {
        replaceDecoderIfStopped(context: context)
        var response = FastResponse(status: .ok, fields: fields)
        response.lengthIsUnknown = true
        answer(response, to: number)
    }

    private func refuseMalformed(_ number: Int) {
        var response = routes.answer(.badRequest, to: nil)
        response.closes = true
        answer(response, to: number)
    }

    /// Whether the connection can leave HTTP: the parser has not read the bytes after the request, and none were lost.
    /// An HTTP/1.0 request cannot ask for an upgrade (RFC 9110, 7.8).
    private var mayUpgrade: Bool {
        request.facts.parserAfterwards != .goesOn && !request.facts.isHTTP10 && turn.isCaughtUp
            && state.sequel == .open
    }

    /// Writes the response's head and hands the connection over.
    private func leaveHTTP(install: @Sendable (any Channel) throws -> Void, context: ChannelHandlerContext) {
        // It is not flushed yet, so that the first messages of the new handlers leave in one write with it.
        if let bytes = turn.takeGathered() { writer.write(bytes) }
        let channel = context.channel
        let pipeline = context.pipeline.syncOperations
        do {
            // The new handlers are added first: when the decoder leaves, it hands the bytes that it has not read to the
            // handler after it.
            try install(channel)
            var leaving = [try pipeline.context(handler: writer)]
            if let encoder = hummingbird.encoder { leaving.append(try pipeline.context(handler: encoder)) }
            leaving += [try pipeline.context(handler: decoder.current), context]
            _ = state.end()
            if turn.releaseRead() { context.read() }
            channel.eventLoop.assumeIsolated().execute { channel.flush() }
            for context in leaving { pipeline.removeHandler(context: context, promise: nil) }
            // The new handlers were not there when the others were told to quiesce.
            if state.isQuiescing {
                channel.flush()  // they may close at once
                pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            }
        } catch {
            cut()
        }
    }
}
