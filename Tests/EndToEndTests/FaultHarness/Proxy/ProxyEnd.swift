import NIOCore
import Synchronization

/// One end of a connection through a `FaultProxy`. Both ends are on one event loop. Bytes wait at the end that will
/// write them.
final class ProxyEnd: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct Gone: Error {}

    /// What happens when all that waits is written.
    private enum Then {
        case goOn, endOutput, close
    }

    private let shared: FaultProxy.Shared
    private var context: ChannelHandlerContext?
    private var partner: ProxyEnd?
    private var waiting = CircularBuffer<(since: NIODeadline, bytes: ByteBuffer)>()
    private var bytesWaiting = 0
    private var then = Then.goOn
    private var isScheduled = false
    private var isOver = false

    /// Bytes that wait before the other side is not read any more.
    private static let bytesMax = 1 << 20
    private static let dripBytes = 7

    init(_ shared: FaultProxy.Shared) { self.shared = shared }

    /// The client may not be active yet. Its bytes can already be awaited.
    func join(_ other: ProxyEnd) throws {
        guard !isOver, !other.isOver else { throw Gone() }
        partner = other
        other.partner = self
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) { partner?.take(unwrapInboundIn(data)) }

    private func take(_ bytes: ByteBuffer) {
        waiting.append((.now(), bytes))
        bytesWaiting += bytes.readableBytes
        if bytesWaiting > Self.bytesMax { partner?.read(false) }
        pump()
    }

    private func read(_ isOn: Bool) { try? context?.channel.syncOptions?.setOption(.autoRead, value: isOn) }

    private func end(_ then: Then) {
        self.then = then
        pump()
    }

    /// Writes what may pass now.
    private func pump() {
        guard let context, !isOver else { return }
        let mode = shared.mode.withLock { $0 }
        while let (since, bytes) = waiting.first {
            switch mode {
            case .pass: break
            case .silence: return again()
            case .delay(let milliseconds):
                guard since + .milliseconds(milliseconds) <= .now() else {
                    context.flush()
                    return again()
                }
            case .drip:
                var rest = bytes
                guard rest.readableBytes > Self.dripBytes, let piece = rest.readSlice(length: Self.dripBytes) else {
                    break
                }
                waiting[waiting.startIndex].bytes = rest
                bytesWaiting -= Self.dripBytes
                context.writeAndFlush(wrapOutboundOut(piece), promise: nil)
                return again()
            }
            waiting.removeFirst()
            bytesWaiting -= bytes.readableBytes
            context.write(wrapOutboundOut(bytes), promise: nil)
            if mode == .drip {
                context.flush()
                return again()
            }
        }
        context.flush()
        partner?.read(true)
        switch then {
        case .goOn: break
        case .endOutput: context.close(mode: .output, promise: nil)
        case .close: context.close(promise: nil)
        }
    }

    private func again() {
        guard !isScheduled, let context else { return }
        isScheduled = true
        context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(1)) {
            self.isScheduled = false
            self.pump()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { partner?.end(.endOutput) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isOver = true
        partner?.end(.close)
        partner?.partner = nil
        partner = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) {
        isOver = true
        self.context = nil
        partner = nil
    }
}
