import NIOCore

/// One of a client's connections, which outlives the channels that it goes through. Belongs to one event loop.
final class RedisConnection: RedisConnectionOwner {
    private let connector: RedisConnector
    private let eventLoop: any EventLoop
    private let keeper: RedisConnectionKeeper
    private let monitor: RedisConnectionMonitor
    private let metrics: RedisConnectionMetrics
    private let peers: RedisPeers
    /// The channel's handler while there is a connection.
    private var handler: RedisCommandHandler?
    private var isStopped = false
    /// The promises that wait for the channel to be gone.
    private var closePromise: EventLoopPromise<Void>?

    init(
        connector: RedisConnector, eventLoop: any EventLoop, monitor: RedisConnectionMonitor,
        metrics: RedisConnectionMetrics, peers: RedisPeers
    ) {
        self.connector = connector
        self.eventLoop = eventLoop
        self.monitor = monitor
        self.metrics = metrics
        self.peers = peers
        keeper = RedisConnectionKeeper(connector: connector, eventLoop: eventLoop)
    }

    func start() {
        keeper.start(for: self)
    }

    /// Takes no further commands; the future completes when the channel is gone.
    func stop() -> EventLoopFuture<Void> {
        keeper.stop()
        isStopped = true
        guard let handler else { return eventLoop.makeSucceededVoidFuture() }
        let promise = closePromise ?? eventLoop.makePromise(of: Void.self)
        closePromise = promise
        handler.drain(timeout: connector.configuration.drainTimeout)
        return promise.futureResult
    }

    /// Gives the channel up if it is older than `age`; another one follows.
    func giveUp(_ error: RedisError, olderThan age: TimeAmount) {
        handler?.retire(error, olderThan: age)
    }

    func adopt(_ channel: any Channel, runID: String) throws(RedisError) {
        let handler = RedisCommandHandler(
            configuration: connector.configuration, reader: try connector.makeReader(), metrics: metrics,
            now: eventLoop.now, runID: runID, onUnfit: { [peers] in peers.giveUp($0, olderThan: RedisPeers.young) },
            onClosed: { [self] in closed($0) })
        self.handler = handler
        monitor.connected()
        do {
            // If the channel is gone already, this calls `closed` before it returns.
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            channel.close(promise: nil)
            closed(RedisError(.connectFailed, "the connection was closed at once", underlying: error))
        }
    }

    func couldNotConnect(_ error: RedisError) {
        monitor.couldNotConnect(error)
    }

    private func closed(_ error: RedisError) {
        handler = nil
        monitor.lost(error)
        keeper.lost()
        closePromise?.succeed(())
        closePromise = nil
    }

    // MARK: - Commands

    func send(_ call: RedisCall, _ encode: (inout RESPEncoder) -> Void) {
        guard let handler else {
            refuse(call)
            return
        }
        handler.send(call, encode)
    }

    func send(_ call: RedisCall, encoded: ByteBuffer) {
        guard let handler else {
            refuse(call)
            return
        }
        handler.send(call, encoded: encoded)
    }

    func send(_ calls: [RedisCall], encoded: ByteBuffer) {
        guard let handler else {
            for call in calls { refuse(call) }
            return
        }
        handler.send(calls, encoded: encoded)
    }

    func send(_ call: RedisScriptCall) {
        guard let handler else {
            refuse(.script(call))
            return
        }
        handler.send(call)
    }

    private func refuse(_ call: RedisCall) {
        call.fail(.refused(isStopped ? .shutDown : .notConnected))
    }
}
