import NIOCore

/// The handler next to the socket. Whole responses are written from here, past the response encoder, and received bytes
/// are counted before they are parsed.
///
/// The encoder starts again with the head of each response, so bytes that are written past it between two responses do
/// not confuse it.
final class SocketSide: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData

    /// Bytes that were received; wraps around.
    private(set) var received = 0
    /// Bytes of the first line since `awaitRequestLine` that have come. If the parser finds a field too long while this
    /// is large, the field is the request's target.
    private(set) var lineBytes = 0
    private var lineHasEnded = false
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    /// Counts the next line, which is a request line.
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

    /// Calls back when the kernel has all bytes that were written so far, or cannot get them any more.
    func whenFlushed(_ callback: @escaping @Sendable () -> Void) {
        guard let context else { return callback() }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in callback() }
        context.writeAndFlush(NIOAny(IOData.byteBuffer(ByteBuffer())), promise: written)
    }
}
