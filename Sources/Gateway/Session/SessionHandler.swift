import NIOCore
import NIOWebSocket

/// A WebSocket after its handshake: the last handler of its pipeline, behind the frame decoder.
///
/// What goes out are ready frames, so there is no encoder. There is one of these for each watcher, so it stays small:
/// no tasks, no timers, no dictionaries.
final class SessionHandler: ChannelDuplexHandler, HubSession {
    typealias InboundIn = WebSocketFrame
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// HTTP is still in the pipeline; nothing may be written.
        case opening
        case open
        /// A close frame was sent; the peer's is awaited.
        case closing
        case ended
    }

    var seats: [Seat] = []
    var wheelPlace = WheelPlace.none
    private(set) var isWritable = true
    let hub: LoopHub
    private var context: ChannelHandlerContext?
    private var phase = Phase.opening
    private var inbound = InboundFrames()
    private var liveness: Liveness
    /// Frames of the second `budgetSecond`.
    private var framesInSecond = 0
    private var budgetSecond: UInt32 = 0
    private var readIsHeld = false

    init(hub: LoopHub) {
        self.hub = hub
        liveness = Liveness(now: hub.wheel.now, settings: hub.settings.liveness, using: &hub.random)
    }

    var isOpen: Bool { phase == .open }
    var wireForm: WireForm { .webSocket }

    /// Enters the first room, or ends where there is none. HTTP is out of the pipeline now.
    func start(in room: RoomKey?, resume: ResumePoint?) {
        guard phase == .opening, let context, context.channel.isActive else { return }
        phase = .open
        isWritable = context.channel.isWritable
        hub.add(self)
        guard let room else {
            send(ServerMessage.error(.invalid(.unknownBoard)))
            return finish(.noSuchBoard)
        }
        // A session without seats has room for one.
        try? hub.enter(self, room, resume: resume)
    }

    // MARK: Out

    func send(_ frame: ByteBuffer) {
        guard phase == .open else { return }
        context?.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    /// Closes in order: the close frame, then the output; the rest when the peer has answered, or has taken too long.
    private func finish(_ code: CloseCode?) {
        guard phase == .open, let context else { return }
        hub.leaveAll(self)
        context.write(wrapOutboundOut(ServerFrame.close(code)), promise: nil)
        phase = .closing
        hub.visit(self, in: hub.settings.closeTicks)
        context.flush()
        context.close(mode: .output, promise: nil)
        resumeReading()  // The peer's close frame may wait behind what was not read.
    }

    /// Says when to come back, and closes.
    func sendAway(afterMilliseconds: Int) {
        guard phase == .open, let context else { return }
        context.write(wrapOutboundOut(ServerMessage.reconnect(afterMilliseconds: afterMilliseconds)), promise: nil)
        finish(.restart)
    }

    /// Ends the connection at once.
    func cut() { context?.close(promise: nil) }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        liveness.heard(now: hub.wheel.now)
        switch phase {
        case .opening, .ended: break
        case .closing: if frame.opcode == .connectionClose { cut() }
        case .open:
            guard isWithinBudget() else { return finish(.policy) }
            take(inbound.receive(frame))
        }
    }

    private func take(_ event: InboundFrames.Event) {
        switch event {
        case .nothing: break
        case .text(let text): answer(text)
        case .binary: send(ServerMessage.error(.binary))
        case .ping(let payload): send(ServerFrame.pong(payload))
        case .close(let code): finish(code)
        case .violation(let code): finish(code)
        }
    }

    private func isWithinBudget() -> Bool {
        let second = hub.wheel.now / UInt32(1000 / LoopHub.tickMilliseconds)
        if second != budgetSecond { (budgetSecond, framesInSecond) = (second, 0) }
        framesInSecond += 1
        return framesInSecond <= hub.settings.framesPerSecondMax
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength: finish(.tooBig)
        case is NIOWebSocketError: finish(.protocolError)
        case is ByteToMessageDecoderError: break  // What still comes behind a frame that broke the protocol.
        default: cut()
        }
    }

    // MARK: Time and flow

    /// Called by the wheel at the time that was asked for.
    func visited() {
        guard phase == .open else { return cut() }
        switch liveness.visit(now: hub.wheel.now, settings: hub.settings.liveness, using: &hub.random) {
        case .alive(let again): hub.visit(self, in: again)
        case .ask(let again):
            hub.visit(self, in: again)
            // Behind what waits for a slow peer, a ping would add to it and ask nothing new.
            if isWritable { send(ServerFrame.ping) }
        case .dead: cut()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        guard isWritable else { return }
        liveness.heard(now: hub.wheel.now)  // It takes what is sent to it, however slowly.
        if phase == .open { hub.catchUp(self) }
        resumeReading()
    }

    /// Stops reading from a peer that does not read: its messages would make answers that wait here.
    func read(context: ChannelHandlerContext) {
        if phase == .open, !isWritable { readIsHeld = true } else { context.read() }
    }

    private func resumeReading() {
        guard readIsHeld else { return }
        readIsHeld = false
        context?.read()
    }

    // MARK: Ends

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent {
            hub.drain()
        } else if case ChannelEvent.inputClosed = event {
            cut()
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        hub.status.connectionOpened()
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    private func end() {
        guard phase != .ended else { return }
        phase = .ended
        hub.remove(self)
        hub.status.connectionClosed()
    }
}
