import NIOCore

/// A WebSocket after its handshake: reads frames, writes ready frames, and does the closing handshake (RFC 6455, 5 to
/// 7). Subclasses decide what a message leads to.
///
///     opening ──start──▶ open ──finish──▶ closing ──the peer closes──▶ leaving ──all is out──▶ ended
///        └──────────────────┴── the connection ends, from any state ────────┴──────────────▶ ended
///
/// It is the only handler in its pipeline. A server has one for each client, so it stays small: no tasks, no timers, no
/// buffers between frames.
open class WebSocketHandler: ChannelDuplexHandler {
    /// Bytes of the client.
    public typealias InboundIn = ByteBuffer
    /// Nothing: `send` is the way to write.
    public typealias OutboundIn = Never
    /// Frames.
    public typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// HTTP is still in the pipeline, so nothing may be written. Then `open` or `ended`.
        case opening
        /// Messages go both ways. Then `closing` or `ended`.
        case open
        /// A close frame was sent, and the peer's is awaited. Then `leaving` or `ended`.
        case closing
        /// The peer has closed as well. The bytes that it has not taken are still being written, our close frame last.
        /// Then `ended`.
        case leaving
        /// The connection is over.
        case ended
    }

    /// How messages are sent. If it is not `plain`, the client may send compressed ones.
    public final let compression: Compression
    private var phase = Phase.opening
    private var readIsHeld = false
    /// Takes ready frames past the channel's queue; nil before the start and after the end.
    private var socket: DirectSocket?
    /// Writes in the channel's queue. While there are any, all further writes go there too.
    private var queued: UInt32 = 0
    private var isStarting = false
    /// Whether everything was written and the output has ended.
    private var outputIsClosed = false
    private var context: ChannelHandlerContext?
    private var inbound = InboundFrames()

    /// A WebSocket whose handshake agreed on this compression.
    public init(compression: Compression) {
        self.compression = compression
    }

    /// Whether messages can be sent, and nothing has ended the connection.
    public final var isOpen: Bool { phase == .open }
    /// Whether a frame that is sent now leaves at once, instead of waiting in memory.
    public final var isWritable: Bool { queued == 0 || isStarting }

    // MARK: For subclasses

    /// Bounds for what the client sends.
    open var frameLimits: InboundFrames.Limits { InboundFrames.Limits(messageBytesMax: 0, framesPerMessageMax: 0) }
    /// The handler is in the pipeline.
    open func didEnterPipeline() {}
    /// Messages can be sent from now on.
    open func didOpen() {}
    /// The peer sent something, or took bytes that had to wait.
    open func didHear() {}
    /// Counts a frame against the budgets of the connection.
    ///
    /// - Returns: the code to close the connection with if a budget is used up.
    open func countFrame(_ frame: InboundFrames.Incoming) -> CloseCode? { nil }
    /// A whole message came.
    open func receive(_ message: ByteBuffer, isText: Bool) {}
    /// The peer has taken everything that waited for it.
    open func didBecomeWritable() {}
    /// The close frame is about to be sent. The subclass has to cut the connection if it does not end in bounded time.
    open func willClose(on eventLoop: any EventLoop) {}
    /// The server shuts down.
    open func quiesce() { finish(.restart) }
    /// The connection is over.
    open func didEnd() {}

    /// Puts the handler after the HTTP decoder, so that the bytes which the decoder has not read reach it. The handlers
    /// that served earlier requests of the connection come after it and see none of them.
    open func install(on channel: any Channel) throws { try addToPipeline(of: channel) }

    // MARK: Sending

    /// Starts to speak WebSocket. The HTTP decoder leaves the pipeline after this, and hands over the bytes that it has
    /// not read. The response's head still waits in the channel's queue, so messages that are sent while it opens leave
    /// in one write with it.
    final func start() {
        guard phase == .opening, let context, context.channel.isActive else { return }
        phase = .open
        isStarting = true
        socket = DirectSocket(of: context.channel)
        enqueue(ByteBuffer(), context)
        didOpen()
        isStarting = false
        context.flush()
    }

    /// Writes a ready frame and flushes.
    public final func send(_ frame: ByteBuffer) {
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
            case .success: dequeue()
            case .failure: cut()  // Usually it has ended already.
            }
        }
    }

    private func dequeue() {
        queued -= 1
        guard phase == .open else { return }
        didHear()  // The peer takes bytes, however slowly.
        guard queued == 0 else { return }
        didBecomeWritable()
        resumeReading()  // Even if more was just sent: a pong may be among the bytes that were not read.
    }

    /// Closes in order: sends the close frame, then ends the output. The connection ends when the peer has answered.
    ///
    /// - Parameters:
    ///   - code: why; nil for a close frame without a code.
    ///   - reason: a sentence for people.
    ///   - last: a frame to send before.
    public final func finish(_ code: CloseCode?, reason: String = "", after last: ByteBuffer? = nil) {
        guard phase == .open, let context else { return }
        willClose(on: context.eventLoop)
        if let last { context.write(wrapOutboundOut(last), promise: nil) }
        context.write(wrapOutboundOut(ServerFrame.close(code, reason: reason)), promise: nil)
        phase = .closing
        context.flush()
        context.close(mode: .output, promise: nil)
        resumeReading()  // The peer's close frame may be among the bytes that were not read.
    }

    /// Ends the connection at once.
    public final func cut() { context?.close(promise: nil) }

    // MARK: Receiving

    /// See `ChannelInboundHandler`.
    public final func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        didHear()
        let (limits, allowsCompression) = (frameLimits, compression != .plain)
        while phase == .open || phase == .closing,
            let frame = inbound.next(from: &bytes, limits: limits, allowsCompression: allowsCompression)
        {
            take(frame)
        }
    }

    private func take(_ frame: InboundFrames.Incoming) {
        guard phase == .open else {
            // The peer answers our close frame. Its other frames do not matter any more.
            if case .close = frame { leave() }
            return
        }
        if let code = countFrame(frame) { return finish(code) }
        switch frame {
        case .fragment, .pong: break
        case .text(let text): receive(text, isText: true)
        case .binary(let bytes): receive(bytes, isText: false)
        case .ping(let payload): send(ServerFrame.pong(payload))
        case .close(let code): finish(code)
        case .violation(let code): finish(code)
        }
    }

    /// See `ChannelInboundHandler`. Cuts the connection.
    public final func errorCaught(context: ChannelHandlerContext, error: any Error) { cut() }

    // MARK: Flow

    /// Holds the read if the peer does not read either: its messages would lead to answers that wait in memory.
    public final func read(context: ChannelHandlerContext) {
        if phase == .open, !isWritable { readIsHeld = true } else { context.read() }
    }

    private func resumeReading() {
        guard readIsHeld else { return }
        readIsHeld = false
        context?.read()
    }

    // MARK: Ends

    /// See `ChannelInboundHandler`.
    public final func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: quiesce()
        case ChannelEvent.inputClosed: leave()
        case ChannelEvent.outputClosed:
            outputIsClosed = true
            if phase == .leaving { cut() }
        default: break
        }
    }

    /// The peer will send nothing more. If it closed in order it is owed a close frame in answer (RFC 6455, 5.5.1).
    /// That may wait for a slow peer to take what was sent before; the time for closing bounds the wait.
    private func leave() {
        guard phase == .closing || phase == .leaving, !outputIsClosed else { return cut() }
        phase = .leaving
    }

    /// See `ChannelHandler`.
    public final func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        didEnterPipeline()
    }

    /// See `ChannelInboundHandler`.
    public final func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    /// See `ChannelHandler`.
    public final func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    private func end() {
        guard phase != .ended else { return }
        phase = .ended
        socket = nil  // Another connection may soon have the same descriptor.
        inbound = InboundFrames()
        didEnd()
    }
}
