import Foundation
import NIOCore
import Synchronization

/// What the connections of a relay share.
final class RelayRoad: Sendable {
    /// An end of a connection, for calls from other threads.
    private struct Known {
        let channel: any Channel
        let end: NIOLoopBound<RelayEnd>
    }

    private struct State {
        var ports: [Int]
        var turn = 0
        var fault = Relay.Fault.none
        var ends: [ObjectIdentifier: Known] = [:]
    }

    private let state: Mutex<State>

    init(_ ports: [Int]) { state = Mutex(State(ports: ports)) }

    var fault: Relay.Fault { state.withLock { $0.fault } }

    func redirect(to ports: [Int]) { state.withLock { ($0.ports, $0.turn) = (ports, 0) } }

    /// Returns the ports, starting with the next in turn.
    func inTurn() -> [Int] {
        state.withLock { state in
            defer { state.turn += 1 }
            let first = state.turn % state.ports.count
            return Array(state.ports[first...] + state.ports[..<first])
        }
    }

    func add(_ end: RelayEnd, _ channel: any Channel) {
        let known = Known(channel: channel, end: NIOLoopBound(end, eventLoop: channel.eventLoop))
        state.withLock { $0.ends[ObjectIdentifier(channel)] = known }
    }

    func remove(_ channel: any Channel) { state.withLock { $0.ends[ObjectIdentifier(channel)] = nil } }

    func set(_ fault: Relay.Fault) {
        let ends = state.withLock { state in
            state.fault = fault
            return Array(state.ends.values)
        }
        for known in ends { known.channel.eventLoop.execute { known.end.value.goOn() } }
    }

    func reset() {
        for known in state.withLock({ Array($0.ends.values) }) {
            // Without lingering, a close sends RST.
            (known.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
                .whenComplete { _ in known.channel.close(promise: nil) }
        }
    }
}

/// One end of a relayed connection. Both ends are on one event loop.
final class RelayEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct Gone: Error {}

    /// What came in at this end and goes to the other one.
    private enum Item {
        case bytes(ByteBuffer)
        case inputClosed
        case closed
    }

    let road: RelayRoad
    private var context: ChannelHandlerContext?
    private var partner: RelayEnd?
    private let filter: Relay.Filter?
    private var isOver = false
    /// The channel, after it has ended.
    private var gone: (any Channel)?
    /// What is held back, with the times when it came, and whether a timer will look at it.
    private var held: CircularBuffer<(item: Item, came: NIODeadline)> = []
    private var isTimed = false

    init(_ road: RelayRoad, filter: Relay.Filter?) {
        self.road = road
        self.filter = filter
    }

    /// The client may not be active yet. Its bytes can already be awaited.
    func join(_ other: RelayEnd) throws {
        guard !isOver, !other.isOver else { throw Gone() }
        partner = other
        other.partner = self
    }

    // MARK: The way to the other end

    private func take(_ item: Item) {
        if held.isEmpty, road.fault == .none { return pass(item) }
        held.append((item, .now()))
        goOn()
    }

    /// Passes on what may pass now.
    func goOn() {
        defer { if let gone, held.isEmpty { road.remove(gone) } }
        while let (item, came) = held.first, !isTimed {
            switch road.fault {
            case .halfOpen: return
            case .none:
                held.removeFirst()
                pass(item)
            case .delay(let time):
                let due = came + TimeAmount(time)
                guard due <= .now() else { return look(at: due) }
                held.removeFirst()
                pass(item)
            case .drip(let count, let pause):
                held.removeFirst()
                if case .bytes(var bytes) = item, let drop = bytes.readSlice(length: min(count, bytes.readableBytes)) {
                    if bytes.readableBytes > 0 { held.prepend((.bytes(bytes), came)) }
                    pass(.bytes(drop))
                    return look(at: .now() + TimeAmount(pause))
                }
                pass(item)
            }
        }
    }

    /// The other end lives as long as this one is not told of its end, so its event loop serves both.
    private func look(at time: NIODeadline) {
        guard let loop = (context ?? partner?.context)?.eventLoop else { return }
        isTimed = true
        loop.assumeIsolated().scheduleTask(deadline: time) {
            self.isTimed = false
            self.goOn()
        }
    }

    private func pass(_ item: Item) {
        switch item {
        case .bytes(let bytes): partner?.context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        case .inputClosed: partner?.context?.close(mode: .output, promise: nil)
        case .closed:
            partner?.context?.close(promise: nil)
            partner = nil
        }
    }

    // MARK: Events

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        take(.bytes(filter.map { $0(bytes) } ?? bytes))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { take(.inputClosed) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
        take(.closed)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        road.add(self, context.channel)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        isOver = true
        self.context = nil
        gone = context.channel
        // What is held back still has to reach the other end.
        guard held.isEmpty else { return }
        partner = nil
        road.remove(context.channel)
    }
}
