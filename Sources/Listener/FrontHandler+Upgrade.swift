import NIOCore
import NIOHTTP1

extension FrontHandler {
    /// Asks the route; the request has wholly arrived.
    func decideUpgrade(context: ChannelHandlerContext) {
        guard let (route, head) = upgrading else { return }
        upgrading = nil
        state.beginAnswering()
        deadline = .distantFuture
        let eventLoop = context.eventLoop
        let bound = NIOLoopBound((self, context), eventLoop: eventLoop)
        route.decide(head, channel: context.channel) { decision in
            if eventLoop.inEventLoop {
                let (handler, context) = bound.value
                handler.carryOut(decision, context: context)
            } else {
                eventLoop.execute {
                    let (handler, context) = bound.value
                    handler.carryOut(decision, context: context)
                }
            }
        }
    }

    private func carryOut(_ decision: UpgradeDecision, context: ChannelHandlerContext) {
        switch decision {
        case .refuse(let response): answer(response, context: context)
        case .upgrade(let fields, let install): upgrade(fields: fields, install: install, context: context)
        }
    }

    private func upgrade(
        fields: [(name: String, value: String)], install: @Sendable (any Channel) throws -> Void,
        context: ChannelHandlerContext
    ) {
        guard state.phase == .answering else { return }  // the connection is gone
        write(FastResponse(status: .switchingProtocols, fields: fields), closes: false, context: context)
        let channel = context.channel
        let pipeline = context.pipeline.syncOperations
        do {
            // The new handlers first: the decoder hands the bytes that it has not read to whoever is there when it goes.
            try install(channel)
            let codec = [
                try pipeline.context(handlerType: RawWriter.self),
                try pipeline.context(handlerType: HTTPResponseEncoder.self),
                try pipeline.context(handlerType: ByteToMessageHandler<HTTPRequestDecoder>.self),
            ]
            for context in codec + [context] { pipeline.removeHandler(context: context, promise: nil) }
        } catch {
            context.close(promise: nil)
        }
    }
}
