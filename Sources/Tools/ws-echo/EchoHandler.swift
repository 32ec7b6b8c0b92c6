import NIOCore
import WebSocket

/// One WebSocket that sends each message back.
final class EchoHandler: WebSocketHandler {
    private let limits: InboundFrames.Limits
    /// How long a client may take to answer a close frame.
    private static let closeTime = TimeAmount.seconds(5)

    init(limits: InboundFrames.Limits, compression: Compression) {
        self.limits = limits
        super.init(compression: compression)
    }

    override var frameLimits: InboundFrames.Limits { limits }

    override func receive(_ message: ByteBuffer, isText: Bool) {
        send(ServerFrame.message(message, isText: isText, compression: compression))
    }

    override func willClose(on eventLoop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: Self.closeTime) { bound.value.cut() }
    }
}
