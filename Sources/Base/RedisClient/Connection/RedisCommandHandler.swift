import NIOCore

/// One established connection for commands: the shell around `RedisCommandStateMachine`.
///
/// Commands of one tick of the event loop collect in one buffer, which is written at the tick's end: one `write` call
/// and, in Redis, one `read` for all of them. In a busy tick it is written as soon as there is work enough for Redis to
/// begin with, or Redis and the loop would wait for each other in turn. Belongs to the channel's event loop.
package final class RedisCommandHandler: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// From this many bytes on, a write does not wait for the end of the tick. They are about 100 µs of work for Redis
    /// in scripts, ten times the cost of the system calls for one more write.
    package static let earlyWriteBytes = 3 * 1024

    private let limits: RedisCommandStateMachine<RedisCall>.Limits
    private let reader: RESPReader
    private let metrics: RedisConnectionMetrics
    private var machine: RedisCommandStateMachine<RedisCall>
    private var encoder = RESPEncoder(capacity: 4096)
    private var context: ChannelHandlerContext?
    private let connectedAt: NIODeadline
    /// The `run_id` of the server, see `RedisScript.takesRunID`.
    private let runID: String
    /// Called when a reply says that the server is of no use any more.
    private let onUnfit: (RedisError) -> Void
    /// Called once, when the channel is gone; `nil` after that, which also breaks the reference cycle with the owner.
    private var onClosed: ((RedisError) -> Void)?

    /// The start of the current tick, if something was sent in it. The clock is read once for the whole tick.
    private var tick: NIODeadline
    private var isWriteScheduled = false
    private var checkTimer: Scheduled<Void>?
    /// Scripts whose `SCRIPT LOAD` is in flight, so that a burst of `NOSCRIPT` sends each only once.
    private var loading: [RedisScript] = []
    /// Why we closed the channel, if we did.
    private var reason: RedisError?

    package init(
        configuration: RedisConfiguration, reader: RESPReader, metrics: RedisConnectionMetrics, now: NIODeadline,
        runID: String = "", onUnfit: @escaping (RedisError) -> Void = { _ in }, onClosed: @escaping (RedisError) -> Void
    ) {
        limits = .init(configuration)
        connectedAt = now
        self.runID = runID
        self.onUnfit = onUnfit
        machine = .init(limits: limits, now: now)
        self.reader = reader
        self.metrics = metrics
        self.onClosed = onClosed
        tick = now
    }

    // MARK: - Sending

    /// Encodes a command straight into the outgoing buffer.
    package func send(_ call: RedisCall, _ encode: (inout RESPEncoder) -> Void) {
        if let code = machine.refusal(adding: 1) {
            refuse(call, code)
            return
        }
        let start = encoder.byteCount
        encode(&encoder)
        guard encoder.takeCommandCount() == 1 else {
            encoder.truncate(to: start)
            call.fail(.invalidCommand)
            return
        }
        append(call, bytes: encoder.byteCount - start)
        writeIfMuch()
    }

    /// Takes a command that was encoded elsewhere.
    package func send(_ call: RedisCall, encoded: ByteBuffer) {
        if let code = machine.refusal(adding: 1) {
            refuse(call, code)
            return
        }
        encoder.append(commands: encoded)
        append(call, bytes: encoded.readableBytes)
        writeIfMuch()
    }

    /// Takes several commands that were encoded elsewhere: all of them or none.
    package func send(_ calls: [RedisCall], encoded: ByteBuffer) {
        if let code = machine.refusal(adding: calls.count) {
            for call in calls { refuse(call, code) }
            return
        }
        encoder.append(commands: encoded)
        for (index, call) in calls.enumerated() { append(call, bytes: index == 0 ? encoded.readableBytes : 0) }
        writeIfMuch()
    }

    /// Calls a script. On `NOSCRIPT` it is loaded and called once more.
    package func send(_ call: RedisScriptCall) {
        send(.script(call)) { call.encode(into: &$0, runID: runID) }
    }

    private func append(_ call: RedisCall?, bytes: Int) {
        if !isWriteScheduled { scheduleWrite() }
        machine.append(call, bytes: bytes, now: tick)
        metrics.sent += 1
    }

    private func refuse(_ call: RedisCall, _ code: RedisError.Code) {
        if code == .overloaded { metrics.refused += 1 }
        call.fail(.refused(code))
    }

    private func scheduleWrite() {
        guard let context else { return }
        isWriteScheduled = true
        tick = context.eventLoop.now
        // After all reads of this tick: tasks run when all ready sockets have been served.
        context.eventLoop.assumeIsolated().execute { [self] in
            isWriteScheduled = false
            write()
        }
    }

    private func writeIfMuch() {
        if encoder.byteCount >= Self.earlyWriteBytes { write() }
    }

    private func write() {
        guard let context, machine.willWrite() else { return }
        context.writeAndFlush(wrapOutboundOut(encoder.buffer), promise: nil)
        encoder.clear()
    }

    // MARK: - Receiving

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do throws(RedisError) {
            try reader.read(unwrapInboundIn(data)) { received($0) }
        } catch {
            close(error)
        }
    }

    /// Returns whether further replies are of interest.
    private func received(_ reply: RESPValue) -> Bool {
        switch machine.received() {
        case .deliver(let pending):
            deliver(reply, to: pending)
            if case .error(let error) = reply { judge(error) }
            return context != nil
        case .deliverAndClose(let pending):
            deliver(reply, to: pending)
            close(nil)
            return false
        case .close(let error):
            close(error)
            return false
        case .ignore:
            return false
        }
    }

    private func deliver(_ reply: RESPValue, to pending: RedisCommandStateMachine<RedisCall>.Pending) {
        if metrics.wantsSample, let context { metrics.record(context.eventLoop.now - pending.sentAt) }
        switch pending.call {
        case nil: break
        case .command(let completion): completion(.success(reply))
        case .script(let call): deliver(reply, to: call)
        case .load(let script): loading.removeAll { $0 == script }
        }
    }

    private func deliver(_ reply: RESPValue, to call: RedisScriptCall) {
        guard case .error(let error) = reply, error.code == "NOSCRIPT", !call.isRetry else {
            call.completion(.success(reply))
            return
        }
        // The script did not run, so it is safe to call it again. Redis executes in order, so nothing has to wait for
        // the load, and a load in progress serves this call too.
        if !loading.contains(call.script) {
            if let code = machine.refusal(adding: 2) {
                refuse(.script(call), code)
                return
            }
            loading.append(call.script)
            send(.load(call.script)) { $0.append(command: ["SCRIPT", "LOAD", call.script.source]) }
        }
        var retry = call
        retry.isRetry = true
        send(retry)
    }

    /// An open connection may still be of no use.
    private func judge(_ error: RESPError) {
        guard let context else { return }
        guard RedisServing.isOver(code: error.code, age: context.eventLoop.now - connectedAt) else { return }
        let reason = RedisError(.server, "the server does not serve any more: \(error)", serverCode: error.code)
        retire(reason, olderThan: .zero)
        onUnfit(reason)
    }

    /// Takes no further commands, and closes the channel when the last reply is in; unless it is younger than `age`.
    func retire(_ error: RedisError, olderThan age: TimeAmount) {
        guard let context, context.eventLoop.now - connectedAt >= age else { return }
        if reason == nil { reason = error }
        if machine.retire() { close(error) }
    }

    // MARK: - The channel

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        scheduleCheck(context)
        if !context.channel.isActive { closed() }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        closed()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        closed()
        context.fireChannelInactive()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(RedisError(.connectFailed, "the connection broke", underlying: error))
    }

    /// Takes no further commands, and closes the channel when the last reply is in or `timeout` has passed.
    package func drain(timeout: TimeAmount) {
        guard let context else { return }
        if machine.drain() {
            close(nil)
        } else {
            context.eventLoop.assumeIsolated().scheduleTask(in: timeout) { [weak self] in self?.close(nil) }
        }
    }

    private func scheduleCheck(_ context: ChannelHandlerContext) {
        checkTimer = context.eventLoop.assumeIsolated().scheduleTask(in: limits.checkInterval) { [self] in check() }
    }

    private func check() {
        guard let context else { return }
        metrics.report(pending: machine.pendingCount)
        switch machine.check(now: context.eventLoop.now) {
        case .nothing: break
        case .ping:
            encoder.append(command: ["PING"])
            _ = encoder.takeCommandCount()
            append(nil, bytes: 0)
        case .close(let error):
            metrics.timedOut += machine.pendingCount
            close(error)
        }
        if self.context != nil { scheduleCheck(context) }
    }

    private func close(_ error: RedisError?) {
        guard let context else { return }
        if reason == nil { reason = error ?? RedisError(.shutDown, "the client is shut down") }
        context.close(promise: nil)
        // Not only when the channel is inactive: TLS first waits for a goodbye, for which a dead peer takes seconds.
        closed()
    }

    private func closed() {
        guard let onClosed else { return }
        self.onClosed = nil
        context = nil
        checkTimer?.cancel()
        checkTimer = nil
        let reason = reason ?? RedisError(.connectFailed, "Redis closed the connection")
        let calls = machine.close()
        metrics.report(pending: 0)
        // The owner first: a caller who tries again at once must not come back to this connection.
        onClosed(reason)
        if !calls.written.isEmpty {
            let error = RedisError(.unknownOutcome, "the connection was lost before the reply came", underlying: reason)
            for call in calls.written { call.fail(error) }
        }
        if !calls.unwritten.isEmpty {
            let error = RedisError(
                .notConnected, "the connection was lost before the command went out", underlying: reason)
            for call in calls.unwritten { call.fail(error) }
        }
    }
}

extension RedisCommandStateMachine.Limits {
    /// The interval between checks of timeouts: an eighth of the shortest, so that none is late by more than that.
    var checkInterval: TimeAmount {
        let shortest = min(commandTimeout, pingInterval, pingTimeout)
        return .nanoseconds(min(max(shortest.nanoseconds / 8, 1_000_000), 250_000_000))
    }
}

extension RedisError {
    static func refused(_ code: Code) -> RedisError {
        switch code {
        case .overloaded: RedisError(code, "too many commands wait for Redis")
        case .shutDown: RedisError(code, "the client is shut down")
        default: RedisError(code, "there is no connection to Redis")
        }
    }

    static var invalidCommand: RedisError {
        RedisError(.invalidCommand, "the closure did not encode one command with the announced number of arguments")
    }
}
