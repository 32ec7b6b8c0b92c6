import NIOCore

/// A WebSocket after its handshake, below what its messages mean: frames in, ready frames out, the closing handshake
/// (RFC 6455, 5 to 7). It stands in the pipeline alone; subclasses say what a message leads to.
///
/// There is one of these for each client, so it stays small: no tasks, no timers, no buffers between frames.
class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// HTTP is still in the pipeline; nothing may be written.
        case opening
        case open
        /// A close frame was sent; the peer's is awaited.
        case closing
        /// The peer has closed, too; what it has not taken yet is on its way, our close frame last.
        case leaving
        case ended
    }

    private(set) var phase = Phase.opening
    /// Whether what is sent now goes out, instead of waiting in memory.
    final var isWritable: Bool { queued == 0 || isStarting }
    /// How messages go out; other than plain, compressed ones may come.
    let compression: Compression
    private var readIsHeld = false
    /// Where ready frames go past the channel's queue; nil before the start and after the end.
    private var socket: DirectSocket?
    /// Writes in the channel's queue, which all others go behind.
    private var queued: UInt32 = 0
    private var isStarting = false
    /// Whether all that was sent is out, and the output ended.
    private var outputIsClosed = false
    private var context: ChannelHandlerContext?
    private var inbound = InboundFrames()

    init(compression: Compression) {
        self.compression = compression
    }

    // MARK: For subclasses

    /// What may come.
    var frameLimits: InboundFrames.Limits { InboundFrames.Limits(messageBytesMax: 0, messageFramesMax: 0) }
    /// The WebSocket is in the pipeline.
    func added() {}
    /// Messages can be sent from now on.
    func opened() {}
    /// Something came, or went out after it had to wait.
    func heard() {}
    /// With which code the connection ends because another frame has come; nil where that may be.
    func refusal(of event: InboundFrames.Event) -> CloseCode? { nil }
    /// A whole message came.
    func received(_ message: ByteBuffer, isText: Bool) {}
    /// The peer takes more again.
    func becameWritable() {}
    /// The close frame is about to go out. The connection has to be cut in bounded time.
    func closing(on eventLoop: any EventLoop) {}
    /// The server is on its way down.
    func quiesce() { finish(.restart) }
    /// The connection is over.
    func ended() {}

    // MARK: Out

    /// The way out is free: of HTTP only the decoder is left, which goes after this and hands over what it has not
    /// read. The head of the response still waits in the channel's queue: what is known to be owed at once goes out
    /// with it.
    final func start() {
        guard phase == .opening, let context, context.channel.isActive else { return }
        phase = .open
        isStarting = true
        socket = DirectSocket(of: context.channel)
        enqueue(ByteBuffer(), context)
        opened()
        isStarting = false
        context.flush()
    }

    /// Writes a ready frame and flushes.
    final func send(_ frame: ByteBuffer) {
        guard phase == .open else { return }
        var rest = frame
        if queued == 0, let socket {
            let count = socket.write(frame)
            if count == frame.readableBytes { return }
            rest.moveReaderIndex(forwardBy: count)
        }
        guard let context else { return }
        enqueue(rest, context)
        if !isStarting { context.flush() }
    }

    private func enqueue(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        queued += 1
        context.write(wrapOutboundOut(bytes)).assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success: wentOut()
            case .failure: cut()  // In most cases it has ended already.
            }
        }
    }

    private func wentOut() {
        queued -= 1
        guard phase == .open else { return }
        heard()  // It takes what is sent to it, however slowly.
        guard queued == 0 else { return }
        becameWritable()
        resumeReading()  // Once at least, even if more was owed: pongs may wait there.
    }

    /// Closes in order: the close frame, then the output; the rest when the peer has answered, or has taken too long.
    ///
    /// - Parameters:
    ///   - reason: a sentence for people.
    ///   - last: a frame to send before.
    final func finish(_ code: CloseCode?, reason: String = "", after last: ByteBuffer? = nil) {
        guard phase == .open, let context else { return }
        closing(on: context.eventLoop)
        if let last { context.write(wrapOutboundOut(last), promise: nil) }
        context.write(wrapOutboundOut(ServerFrame.close(code, reason: reason)), promise: nil)
        phase = .closing
        context.flush()
        context.close(mode: .output, promise: nil)
        resumeReading()  // The peer's close frame may wait behind what was not read.
    }

    /// Ends the connection at once.
    final func cut() { context?.close(promise: nil) }

    // MARK: In

    final func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        heard()
        let (limits, allowsCompression) = (frameLimits, compression != .plain)
        while phase == .open || phase == .closing,
            let event = inbound.next(from: &bytes, limits: limits, allowsCompression: allowsCompression)
        {
            take(event)
        }
    }

    private func take(_ event: InboundFrames.Event) {
        guard phase == .open else {
            // The peer's close frame ends it; other frames are nothing any more.
            if case .close = event { leave() }
            return
        }
        if let code = refusal(of: event) { return finish(code) }
        switch event {
        case .fragment, .pong: break
        case .text(let text): received(text, isText: true)
        case .binary(let bytes): received(bytes, isText: false)
        case .ping(let payload): send(ServerFrame.pong(payload))
        case .close(let code): finish(code)
        case .violation(let code): finish(code)
        }
    }

    final func errorCaught(context: ChannelHandlerContext, error: any Error) { cut() }

    // MARK: Flow

    /// Stops reading from a peer that does not read: its messages would make answers that wait here.
    final func read(context: ChannelHandlerContext) {
        if phase == .open, !isWritable { readIsHeld = true } else { context.read() }
    }

    private func resumeReading() {
        guard readIsHeld else { return }
        readIsHeld = false
        context?.read()
    }

    // MARK: Ends

    final func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: quiesce()
        case ChannelEvent.inputClosed: leave()
        case ChannelEvent.outputClosed:
            outputIsClosed = true
            if phase == .leaving { cut() }
        default: break
        }
    }

    /// The peer will say nothing more. If it closed in order it is owed an answer in kind (RFC 6455, 5.5.1), which may
    /// wait behind what a slow peer has still to take; the time for closing bounds that.
    private func leave() {
        guard phase == .closing || phase == .leaving, !outputIsClosed else { return cut() }
        phase = .leaving
    }

    final func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        added()
    }

    final func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    final func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    private func end() {
        guard phase != .ended else { return }
        phase = .ended
        socket = nil  // Its number may be another connection's soon.
        inbound = InboundFrames()
        ended()
    }
}
