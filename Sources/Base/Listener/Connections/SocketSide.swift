import NIOCore

/// The end of the pipeline at the socket: whole responses are written from here, below the response encoder, and what
/// comes in is counted before it is parsed. The encoder's state begins again with each response's head, so what goes
/// past it between two responses does not confuse it.
final class SocketSide: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData

    /// Bytes that have come in; wraps around.
    private(set) var received = 0
    /// Bytes of the first line since `awaitRequestLine`, as far as it has come: too many for the parser are a request's
    /// target.
    private(set) var lineBytes = 0
    private var lineHasEnded = false
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// The next line is a request line.
    func awaitRequestLine() { (lineBytes, lineHasEnded) = (0, false) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        received &+= bytes.readableBytes
        if !lineHasEnded {
            let view = bytes.readableBytesView
            let end = view.firstIndex(of: UInt8(ascii: "\n"))
            lineBytes &+= (end ?? view.endIndex) - view.startIndex
            lineHasEnded = end != nil
        }
        context.fireChannelRead(data)
    }

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
