import HTTPKit
import NIOCore
import NIOHTTP1

extension FrontHandler {
    /// Puts another parser in the place of one that has stopped: the request offers an upgrade that nobody takes, so
    /// what follows is HTTP as before (RFC 9110, 7.8). To be called when the request has wholly arrived.
    ///
    /// The old parser leaves with the loop's next turn, and hands what it has not read to the new one.
    func renewDecoderIfStopped(context: ChannelHandlerContext) {
        guard request.parserAfterwards == .stops, !state.closesAfterResponse, state.sequel == .open else { return }
        // What the parser before this one had kept is being read now, and has such a request in it again.
        guard !isRenewingDecoder else {
            renewalIsDue = true
            return
        }
        let new = front.makeDecoder()
        let pipeline = context.pipeline.syncOperations
        let left = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        left.futureResult.whenComplete { _ in bound.value.decoderHasLeft() }
        do {
            let old = try pipeline.context(handler: decoder)
            try pipeline.addHandler(new, position: .after(decoder))
            decoder = new
            isRenewingDecoder = true
            request.parserWasRenewed()
            pipeline.removeHandler(context: old, promise: left)
        } catch {
            left.fail(error)
            state.closeAfterResponse()
        }
    }

    private func decoderHasLeft() {
        isRenewingDecoder = false
        if renewalIsDue, let context {
            renewalIsDue = false
            renewDecoderIfStopped(context: context)
        }
        // What it had kept came without the end of a read.
        if let context { channelReadComplete(context: context) }
    }

    /// Ends a request whose body's framing (chunk sizes and extensions) takes far more than the body.
    func checkArrival(context: ChannelHandlerContext) {
        guard state.awaitsBody, arrival.isBloated(received: writer.received) else { return }
        if case .forwarding = state.phase, responseHasBegun {
            finish(context: context)
        } else {
            endEarly(routes.answer(.badRequest, to: nil), context: context)
        }
    }
}
