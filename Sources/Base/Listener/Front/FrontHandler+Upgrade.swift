import DequeModule
import HTTPKit
import NIOCore
import NIOHTTP1

extension FrontHandler {
    /// Asks the route; the request has wholly arrived.
    func decideUpgrade(context: ChannelHandlerContext) {
        guard let (route, head) = upgrading.take() else { return }
        state.beginAnswering()
        upgradeIsUndecided = true
        expire(after: routes.limits.answerSecondsMax)
        let number = requestNumber
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        // Nothing can take the place of a parser while the one before it is still there.
        let hasToWait = isRenewingDecoder
        route.decide(head, channel: context.channel) { decision in
            if bound.eventLoop.inEventLoop, !hasToWait {
                bound.value.carryOut(decision, for: number)
            } else {
                bound.eventLoop.execute { bound.value.carryOut(decision, for: number) }
            }
        }
    }

    private func carryOut(_ decision: UpgradeDecision, for number: Int) {
        guard number == requestNumber else { return }
        upgradeIsUndecided = false
        switch decision {
        case .refuse(let response):
            if let context, !response.closes { renewDecoderIfStopped(context: context) }
            answer(response, to: number)
        case .upgrade(let fields, let install):
            guard state.phase == .answering, let context else { return }
            guard mayUpgrade else { return refuseMalformed(number) }
            gather(FastResponse(status: .switchingProtocols, fields: fields), closes: false)
            leaveHTTP(install: install, context: context)
        case .stream(let fields, let install):
            guard state.phase == .answering, let context else { return }
            // A client that has closed its side cannot be told from one that is gone.
            guard !inputIsClosed else { return refuseMalformed(number) }
            guard !request.isHead else { return answerHead(fields, to: number, context: context) }
            record(.ok)
            ResponseEncoder.appendStreamHead(fields, to: &gathered, date: sweeper.date)
            waiting = []
            leaveHTTP(install: install, context: context)
        }
    }

    /// The client has closed its side: nothing can come of its upgrade, and it is not to wait for a decision.
    func abandonUpgrade() {
        guard upgradeIsUndecided else { return }
        upgradeIsUndecided = false
        refuseMalformed(requestNumber)
    }

    /// The head of a stream alone; its length is not known.
    private func answerHead(
        _ fields: [(name: String, value: String)], to number: Int, context: ChannelHandlerContext
    ) {
        renewDecoderIfStopped(context: context)
        var response = FastResponse(status: .ok, fields: fields)
        response.lengthIsUnknown = true
        answer(response, to: number)
    }

    private func refuseMalformed(_ number: Int) {
        var response = routes.answer(.badRequest, to: nil)
        response.closes = true
        answer(response, to: number)
    }

    /// Whether the connection can leave HTTP: the parser has kept its hands off what follows, and nothing was lost. An
    /// HTTP/1.0 request cannot ask for an upgrade (RFC 9110, 7.8).
    private var mayUpgrade: Bool {
        request.parserAfterwards != .goesOn && !request.isHTTP10 && waiting.isEmpty && state.sequel == .open
    }

    /// Writes the response's head and hands the connection over.
    private func leaveHTTP(install: @Sendable (any Channel) throws -> Void, context: ChannelHandlerContext) {
        // Not flushed yet: what the new handlers send as soon as they can goes out with it.
        writer.write(takeGathered())
        let channel = context.channel
        let pipeline = context.pipeline.syncOperations
        do {
            // The new handlers first: the decoder hands the bytes that it has not read to whoever is there when it
            // goes.
            try install(channel)
            var leaving = [try pipeline.context(handler: writer)]
            if let encoder { leaving.append(try pipeline.context(handler: encoder)) }
            leaving += [try pipeline.context(handler: decoder), context]
            _ = state.end()
            if readIsHeld { context.read() }
            channel.eventLoop.assumeIsolated().execute { channel.flush() }
            for context in leaving { pipeline.removeHandler(context: context, promise: nil) }
            // The new handlers were not there when the others were told.
            if state.isQuiescing {
                channel.flush()  // They may close at once.
                pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
            }
        } catch {
            cut()
        }
    }
}
