import NIOCore

/// Carries a `RedisHandshake` out on a new channel, then takes itself out of the pipeline.
///
/// Closes the channel if the handshake fails or does not end in time.
final class RedisHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var handshake: RedisHandshake
    private let reader: RESPReader
    private let timeout: TimeAmount
    /// `nil` once the outcome is known.
    private var promise: EventLoopPromise<String>?
    private var timer: Scheduled<Void>?

    /// - Parameter promise: receives the `run_id` of the server.
    init(handshake: RedisHandshake, reader: RESPReader, timeout: TimeAmount, promise: EventLoopPromise<String>) {
        self.handshake = handshake
        self.reader = reader
        self.timeout = timeout
        self.promise = promise
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard context.channel.isActive else {
            finish(.failure(RedisError(.connectFailed, "the connection was closed at once")), context)
            return
        }
        let loop = context.eventLoop.assumeIsolated()
        timer = loop.scheduleTask(in: timeout) { [self] in
            finish(.failure(RedisError(.timedOut, "the handshake took too long")), context)
        }
        var encoder = RESPEncoder()
        handshake.encode(into: &encoder)
        context.writeAndFlush(wrapOutboundOut(encoder.buffer), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do throws(RedisError) {
            try reader.read(unwrapInboundIn(data)) { reply in
                switch handshake.received(reply) {
                case .wait: return true
                case .ask(let question):
                    var encoder = RESPEncoder()
                    encoder.append(command: question.arguments)
                    context.writeAndFlush(wrapOutboundOut(encoder.buffer), promise: nil)
                    return true
                case .done: finish(.success(()), context)
                case .fail(let error): finish(.failure(error), context)
                }
                return false
            }
        } catch {
            finish(.failure(error), context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(
            .failure(RedisError(.connectFailed, "Redis closed the connection during the handshake\(said)")), context)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // TLS errors come this way, a certificate that does not verify among them; and the reset by a server that hung
        // up before it had read what was on its way to it.
        finish(
            .failure(RedisError(.connectFailed, "the connection broke in the handshake\(said)", underlying: error)),
            context)
    }

    /// The server's last words before it closed the connection, if they were skipped.
    private var said: String { handshake.passedOver.map { ", after Redis had said: \($0)" } ?? "" }

    private func finish(_ outcome: Result<Void, RedisError>, _ context: ChannelHandlerContext) {
        guard let promise else { return }
        self.promise = nil
        timer?.cancel()
        timer = nil
        switch outcome {
        case .success:
            context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
            promise.succeed(handshake.runID)
        case .failure(let error):
            context.close(promise: nil)
            promise.fail(error)
        }
    }
}
