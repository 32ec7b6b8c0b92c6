import NIOCore

/// One established connection for subscriptions: the shell around `RedisSubscriptionStateMachine`. Belongs to the
/// channel's event loop.
final class RedisSubscriptionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Event {
        case live(String)
        case allLive
        case message(String, ByteBuffer)
        case closed(RedisError)
    }

    /// Channels of one `SUBSCRIBE`, so that no single command keeps Redis busy for long.
    private static let channelsPerCommand = 256

    private let reader: RESPReader
    private let checkInterval: TimeAmount
    private let wanted: Set<String>
    private var machine: RedisSubscriptionStateMachine
    private var encoder = RESPEncoder()
    private var context: ChannelHandlerContext?
    /// `nil` after `closed`.
    private var onEvent: ((Event) -> Void)?
    private var isWriteScheduled = false
    private var checkTimer: Scheduled<Void>?
    private var reason: RedisError?

    init(
        configuration: RedisConfiguration, reader: RESPReader, wanted: Set<String>, now: NIODeadline,
        onEvent: @escaping (Event) -> Void
    ) {
        machine = RedisSubscriptionStateMachine(configuration: configuration, now: now)
        checkInterval = RedisCommandStateMachine<RedisCall>.Limits(configuration).checkInterval
        self.reader = reader
        self.wanted = wanted
        self.onEvent = onEvent
    }

    // MARK: - Asking

    /// A channel is wanted, or is not any more.
    func want(_ channel: String, _ isWanted: Bool) {
        guard context != nil else { return }
        switch machine.want(channel, isWanted) {
        case .nothing: return
        case .subscribe: encoder.append(command: ["SUBSCRIBE", channel])
        case .unsubscribe: encoder.append(command: ["UNSUBSCRIBE", channel])
        case .unsubscribeAndAllLive:
            encoder.append(command: ["UNSUBSCRIBE", channel])
            onEvent?(.allLive)
        }
        scheduleWrite()
    }

    private func begin() {
        let all = Array(wanted)
        for start in stride(from: 0, to: all.count, by: Self.channelsPerCommand) {
            encoder.append(command: ["SUBSCRIBE"] + all[start..<min(start + Self.channelsPerCommand, all.count)])
        }
        if machine.begin(wanted) { onEvent?(.allLive) }
        scheduleWrite()
    }

    private func scheduleWrite() {
        guard !isWriteScheduled, let context else { return }
        isWriteScheduled = true
        context.eventLoop.assumeIsolated().execute { [self] in write() }
    }

    private func write() {
        isWriteScheduled = false
        guard let context, encoder.byteCount > 0 else { return }
        _ = encoder.takeCommandCount()
        context.writeAndFlush(wrapOutboundOut(encoder.buffer), promise: nil)
        encoder.clear()
    }

    // MARK: - The channel

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do throws(RedisError) {
            try reader.read(unwrapInboundIn(data)) { value in
                guard onEvent != nil else { return false }
                switch machine.received(value) {
                case .nothing: break
                case .message(let channel, let payload): onEvent?(.message(channel, ByteBuffer(bytes: payload)))
                case .live(let channel, let all):
                    onEvent?(.live(channel))
                    if all { onEvent?(.allLive) }
                case .close(let message): close(RedisError(.protocolViolation, message))
                }
                return onEvent != nil
            }
        } catch {
            close(error)
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard context.channel.isActive else {
            closed()
            return
        }
        scheduleCheck(context)
        begin()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        closed()
    }

    func channelInactive(context: ChannelHandlerContext) {
        closed()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(RedisError(.connectFailed, "the connection broke", underlying: error))
    }

    func close(_ error: RedisError) {
        guard let context else { return }
        if reason == nil { reason = error }
        context.close(promise: nil)
        // Not only when the channel is inactive: TLS first waits for a goodbye, for which a dead peer takes seconds.
        closed()
    }

    private func scheduleCheck(_ context: ChannelHandlerContext) {
        checkTimer = context.eventLoop.assumeIsolated().scheduleTask(in: checkInterval) { [self] in check() }
    }

    private func check() {
        guard let context else { return }
        switch machine.check(now: context.eventLoop.now) {
        case .nothing: break
        case .ping:
            encoder.append(command: ["PING"])
            scheduleWrite()
        case .close(let message): close(RedisError(.timedOut, message))
        }
        if self.context != nil { scheduleCheck(context) }
    }

    private func closed() {
        guard let onEvent else { return }
        self.onEvent = nil
        context = nil
        checkTimer?.cancel()
        checkTimer = nil
        onEvent(.closed(reason ?? RedisError(.connectFailed, "Redis closed the connection")))
    }
}
