import NIOCore

/// The place in the pipeline, below the response encoder, from which whole responses are written. The encoder's state
/// begins anew with each response's head, so what goes past it between two responses does not confuse it.
final class RawWriter: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = IOData
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func write(_ bytes: ByteBuffer) {
        context?.write(NIOAny(IOData.byteBuffer(bytes)), promise: nil)
    }

    func writeAndFlush(_ bytes: ByteBuffer) {
        context?.writeAndFlush(NIOAny(IOData.byteBuffer(bytes)), promise: nil)
    }

    /// Calls back once all that was written so far is with the kernel, or cannot get there any more.
    func whenFlushed(_ callback: @escaping @Sendable () -> Void) {
        guard let context else { return callback() }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in callback() }
        context.writeAndFlush(NIOAny(IOData.byteBuffer(ByteBuffer())), promise: written)
    }
}
