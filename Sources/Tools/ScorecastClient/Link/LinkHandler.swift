import NIOCore
import NIOWebSocket

/// An open WebSocket: makes messages from frames, answers pings, watches for silence, and closes in order. A connection
/// has no task and one timer. Frames do not move the timer; when it is due, it looks at the time of the last frame.
final class LinkHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// The time for the server's answer to a close frame; then the connection is cut.
    private static let closeTimeout = TimeAmount.seconds(2)

    private let silenceTimeout: TimeAmount
    private var assembler: MessageAssembler
    private var owner: (any LinkOwner)?
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var isClosing = false
    private var openedAt = NIODeadline.uptimeNanoseconds(0)
    private var heardAt = NIODeadline.uptimeNanoseconds(0)

    /// - Parameters:
    ///   - messageBytesMax: the largest accepted message.
    ///   - silenceTimeout: the time without a frame after which the connection counts as dead.
    init(messageBytesMax: Int, silenceTimeout: TimeAmount) {
        assembler = MessageAssembler(bytesMax: messageBytesMax)
        self.silenceTimeout = silenceTimeout
    }

    /// The handshake is done, and the handler is in the pipeline.
    func open(_ owner: any LinkOwner) {
        openedAt = .now()
        heardAt = openedAt
        self.owner = owner
        watch(in: silenceTimeout)
        owner.opened(self)
    }

    /// From the end of the handshake to the last frame.
    var heardFor: Duration { Duration(heardAt - openedAt) }

    /// Closes in order, without telling the owner.
    func leave(_ code: WebSocketErrorCode) {
        owner = nil
        sendClose(code)
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard !isClosing else { return drain(frame) }
        heardAt = .now()
        switch assembler.take(frame) {
        case .more, .pong: break
        case .text(let message): owner?.received(message)
        case .ping(let payload): answer(payload, context)
        case .broken(let code, let why): end(.broken(why), with: code)
        case .close(let code, let reason):
            // The answer has the peer's code, and the server ends TCP (5.5.1, 7.1.1).
            end(.closed(code: code, reason: reason), with: code.map { WebSocketErrorCode(codeNumber: Int($0)) })
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(.closed(code: nil, reason: ""))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength: end(.broken("a frame is too large"), with: .messageTooLarge)
        case is NIOWebSocketError: end(.broken("a control frame is out of form"), with: .protocolError)
        default:
            // A reset, or TLS that ended without a notice: the connection cannot be used any more.
            end(.closed(code: nil, reason: ""))
            context.close(promise: nil)
        }
    }

    // MARK: Out

    private func answer(_ payload: ByteBuffer, _ context: ChannelHandlerContext) {
        // Only the last ping has to be answered (5.5.3); so a server that pings and does not read causes no queue of
        // pongs.
        if context.channel.isWritable { send(.pong, payload) }
        owner?.pinged()
    }

    /// Sends a text message.
    func send(_ text: String) {
        guard !isClosing else { return }
        send(.text, ByteBuffer(string: text))
    }

    private func send(_ opcode: WebSocketOpcode, _ payload: ByteBuffer) {
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: payload)
        context?.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    private func sendClose(_ code: WebSocketErrorCode?) {
        guard !isClosing, let context else { return }
        isClosing = true
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.closeTimeout) { [weak self] in
            self?.context?.close(promise: nil)
        }
        var payload = ByteBuffer()
        if let code { payload.write(webSocketErrorCode: code) }
        send(.connectionClose, payload)
    }

    // MARK: Ends

    /// The connection is over for its owner; the rest of the closing handshake continues by itself.
    private func end(_ loss: ScoreboardLoss, with code: WebSocketErrorCode?? = .none) {
        let owner = owner
        self.owner = nil
        if case .some(let code) = code { sendClose(code) }
        owner?.lost(loss, heardFor: heardFor)
    }

    /// After our close frame, only the server's close frame matters.
    private func drain(_ frame: WebSocketFrame) {
        if frame.opcode == .connectionClose { context?.close(promise: nil) }
    }

    private func watch(in time: TimeAmount) {
        timer = context?.eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in self?.checkSilence() }
    }

    private func checkSilence() {
        guard !isClosing else { return }
        let left = heardAt + silenceTimeout - .now()
        guard left <= .nanoseconds(0) else { return watch(in: left) }
        end(.silent)
        context?.close(promise: nil)
    }
}
