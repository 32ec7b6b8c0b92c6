import Access
import EventLoops
import NIOCore

/// An event stream after its response's head: the last handler of its pipeline. It reads nothing of what the client
/// sends.
final class EventStreamHandler: ChannelInboundHandler, HubSession {
    typealias InboundIn = Never
    typealias OutboundOut = ByteBuffer

    private enum Phase {
        /// HTTP is still in the pipeline; nothing may be written.
        case opening
        case open
        /// All was said; the client's end is awaited.
        case closing
        case ended
    }

    var seats: [Seat] = []
    var wheelPlace = WheelPlace.none
    var noticeNumber: UInt32 = 0
    private(set) var isWritable = true
    let watcherToken: WatcherToken?
    private let hub: LoopHub
    /// Whom it counts for; nil where nobody counts.
    private let quota: ClientQuotas.Quota?
    private var context: ChannelHandlerContext?
    private var phase = Phase.opening
    /// The tick at which the client was last seen to take what is sent to it.
    private var lastTook: UInt32
    private var unwantedReads = 0

    /// Reads of bytes that no client has reason to send. Stops a client from keeping a loop busy.
    private static let unwantedReadsMax = 64

    init(_ admission: ConnectionAdmission.Admission) {
        hub = admission.hub.value
        watcherToken = admission.watcherToken
        quota = admission.quota
        lastTook = hub.streams.now
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
            // Its token, or the board, has ended on the way here.
            end(error)
        }
    }

    // MARK: Out

    func send(_ frame: ByteBuffer) {
        guard phase == .open else { return }
        context?.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    func sendAway(afterMilliseconds: Int) {
        finish(after: ServerMessage.reconnect(afterMilliseconds: afterMilliseconds, as: .events))
    }

    func end(_ problem: ClientMessageProblem) { finish(after: ServerMessage.error(problem, as: .events)) }

    /// Ends the stream in order, with a last event.
    private func finish(after last: ByteBuffer) {
        guard phase == .open, let context else { return }
        hub.leaveAll(self)
        context.writeAndFlush(wrapOutboundOut(last), promise: nil)
        phase = .closing
        hub.streams.insert(self, in: hub.settings.closeTicks)
        context.close(mode: .output, promise: nil)
    }

    func cut() { context?.close(promise: nil) }

    // MARK: Time and flow

    /// Called by the wheel at the time that was asked for.
    func checkLiveness() {
        guard phase == .open else { return cut() }
        let now = hub.streams.now
        if isWritable {
            lastTook = now
        } else if Int(now &- lastTook) >= hub.settings.liveness.silence {
            return cut()
        }
        let jitter = hub.settings.liveness.jitter
        hub.streams.insert(self, in: hub.settings.heartbeat + Int.random(in: -jitter...jitter, using: &hub.random))
        // Behind what waits for a slow client, a heartbeat would only add to it.
        if isWritable { send(ServerEvent.heartbeat) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        guard isWritable else { return }
        lastTook = hub.streams.now
        if phase == .open { hub.catchUp(self) }
    }

    // MARK: In

    /// Requests that the parser had still read, and bytes: the response said that the connection closes.
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
