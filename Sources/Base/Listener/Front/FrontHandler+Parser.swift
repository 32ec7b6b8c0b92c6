import HTTPKit
import NIOCore
import NIOHTTP1

extension FrontHandler {
    /// Replaces a parser that has stopped, since the request offers an upgrade that is not taken: the bytes after it
    /// are HTTP as before (RFC 9110, 7.8). To be called when the request has wholly arrived.
    ///
    /// The old parser leaves with the loop's next turn, and hands the bytes that it has not read to the new one.
    func replaceDecoderIfStopped(context: ChannelHandlerContext) {
        guard request.facts.parserAfterwards == .stops, !state.closesAfterResponse, state.sequel == .open else {
            return
        }
        // The old parser may be handing over its bytes right now, with another such request in them.
        guard decoder.requestReplacement() else { return }
        let new = front.makeDecoder()
        let pipeline = context.pipeline.syncOperations
        let left = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        left.futureResult.whenComplete { _ in bound.value.endDecoderReplacement() }
        do {
            let old = try pipeline.context(handler: decoder.current)
            try pipeline.addHandler(new, position: .after(decoder.current))
            decoder.replace(with: new)
            request.renewParser()
            pipeline.removeHandler(context: old, promise: left)
        } catch {
            left.fail(error)
            state.closeAfterResponse()
        }
    }

    private func endDecoderReplacement() {
        if decoder.endReplacement(), let context { replaceDecoderIfStopped(context: context) }
        // The old parser has handed over its bytes without the end of a read.
        if let context { channelReadComplete(context: context) }
    }

    /// Ends a request if the framing of its body (chunk sizes and extensions) takes far more bytes than the body.
    func checkArrival(context: ChannelHandlerContext) {
        guard state.awaitsBody, request.isBloated(received: writer.received) else { return }
        if case .forwarding = state.phase, request.responseHasBegun {
            finish(context: context)
        } else {
            endEarly(routes.answer(.badRequest, to: nil), context: context)
        }
    }
}
