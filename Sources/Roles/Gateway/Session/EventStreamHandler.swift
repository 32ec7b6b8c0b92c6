import Access
import EventLoops
import NIOCore

/// An event stream after the head of its response. It is the last handler of its pipeline, and ignores everything that
/// the client sends.
final class EventStreamHandler: ChannelInboundHandler, HubSession {
    typealias InboundIn = Never
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// HTTP is still in the pipeline, so nothing may be written. Then `open` or `ended`.
        case opening
        /// Messages are sent. Then `closing` or `ended`.
        case open
        /// The last message was sent, and the client's end is awaited. Then `ended`.
        case closing
        /// The connection is over.
        case ended
    }

    var seats: [Seat] = []
    var wheelPlace = WheelPlace.none
    var noticeNumber: UInt32 = 0
    private(set) var isWritable = true
    let watcherToken: WatcherToken?
    private let hub: LoopHub
    /// The quota that it counts against; nil if there is none.
    private let quota: ClientQuotas.Quota?
    private var context: ChannelHandlerContext?
    private var phase = Phase.opening
    /// The last tick at which the client was known to take bytes.
    private var lastTaken: UInt32
    private var unwantedReads = 0

    /// Reads of bytes that no client needs to send. Stops a client from keeping a loop busy.
    private static let unwantedReadsMax = 64

    init(_ admission: ConnectionAdmission.Admission) {
        hub = admission.hub.value
        watcherToken = admission.watcherToken
        quota = admission.quota
        lastTaken = hub.now
    }

    var isOpen: Bool { phase == .open }
    var encoding: MessageEncoding { .events }

    /// Enters the room. HTTP is out of the pipeline now.
    func start(_ beginning: Beginning) {
        guard phase == .opening, let context, context.channel.isActive else { return }
        phase = .open
        isWritable = context.channel.isWritable
        hub.add(self)
        do throws(ClientMessageProblem) {
            try hub.join(self, beginning.room, resume: beginning.resume)
            hub.notify(self)
        } catch {
            // Its token has ended, or the board is gone, since the request was checked.
            end(error)
        }
    }

    // MARK: Sending

    func send(_ frame: ByteBuffer) {
        guard phase == .open else { return }
        context?.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    func sendAway(afterMilliseconds: Int) {
        finish(after: ServerMessage.reconnect(afterMilliseconds: afterMilliseconds, as: .events))
    }

    func end(_ problem: ClientMessageProblem) { finish(after: ServerMessage.error(problem, as: .events)) }

    /// Ends the stream in order, with a last message.
    private func finish(after last: ByteBuffer) {
        guard phase == .open, let context else { return }
        hub.leaveAll(self)
        context.writeAndFlush(wrapOutboundOut(last), promise: nil)
        phase = .closing
        hub.schedule(self, in: hub.settings.closeWaitTicks)
        context.close(mode: .output, promise: nil)
    }

    func cut() { context?.close(promise: nil) }

    // MARK: Time and flow

    /// Called by the hub at the tick that was asked for.
    func checkLiveness() {
        guard phase == .open else { return cut() }
        let now = hub.now
        if isWritable {
            lastTaken = now
        } else if Int(now &- lastTaken) >= hub.settings.liveness.silence {
            return cut()
        }
        let jitter = hub.settings.heartbeatJitter
        hub.schedule(self, in: hub.settings.heartbeat + Int.random(in: -jitter...jitter))
        // For a slow client, a heartbeat would only add to the bytes that wait.
        if isWritable { send(EventStreamMessage.heartbeat) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        guard isWritable else { return }
        lastTaken = hub.now
        if phase == .open { hub.catchUp(self) }
    }

    // MARK: Receiving

    /// Ignores requests that the parser had already read, and all further bytes. The response said that the connection
    /// closes.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unwantedReads += 1
        if unwantedReads > Self.unwantedReadsMax { cut() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { cut() }

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
        hub.status.addConnection(for: quota)
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
        hub.status.removeConnection(for: quota)
    }
}
