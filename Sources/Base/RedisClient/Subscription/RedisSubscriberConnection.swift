import NIOCore

/// A subscriber's connection, which outlives the channels that it goes through. Belongs to one event loop.
final class RedisSubscriberConnection: RedisConnectionOwner {
    private let connector: RedisConnector
    private let eventLoop: any EventLoop
    private let keeper: RedisConnectionKeeper
    private let monitor: RedisConnectionMonitor
    private let wanted: () -> Set<String>
    private let onEvent: (RedisSubscriber.Event) -> Void
    private var handler: RedisSubscriptionHandler?
    private var adoptedAt = NIODeadline.uptimeNanoseconds(0)

    init(
        connector: RedisConnector, eventLoop: any EventLoop, monitor: RedisConnectionMonitor,
        wanted: @escaping () -> Set<String>, onEvent: @escaping (RedisSubscriber.Event) -> Void
    ) {
        self.connector = connector
        self.eventLoop = eventLoop
        self.monitor = monitor
        self.wanted = wanted
        self.onEvent = onEvent
        keeper = RedisConnectionKeeper(connector: connector, eventLoop: eventLoop)
    }

    func start() {
        keeper.start(for: self)
    }

    func stop() {
        keeper.stop()
        handler?.close(RedisError(.shutDown, "the subscriber is shut down"))
    }

    /// Gives the channel up if it is older than `age`; another one follows.
    func giveUp(_ error: RedisError, olderThan age: TimeAmount) {
        guard eventLoop.now - adoptedAt >= age else { return }
        handler?.close(error)
    }

    func want(_ channel: String, _ isWanted: Bool) {
        handler?.want(channel, isWanted)
    }

    func adopt(_ channel: any Channel, runID: String) throws(RedisError) {
        let reader = try connector.makeReader()
        let generation = monitor.connected()
        adoptedAt = eventLoop.now
        let handler = RedisSubscriptionHandler(
            configuration: connector.configuration, reader: reader, wanted: wanted(), now: eventLoop.now,
            onEvent: { [self] in received($0, generation) })
        self.handler = handler
        do {
            // If the channel is gone already, this reports `closed` before it returns.
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            channel.close(promise: nil)
            received(
                .closed(RedisError(.connectFailed, "the connection was closed at once", underlying: error)), generation)
        }
    }

    func couldNotConnect(_ error: RedisError) {
        monitor.couldNotConnect(error)
    }

    private func received(_ event: RedisSubscriptionHandler.Event, _ generation: UInt64) {
        switch event {
        case .live(let channel): onEvent(.subscribed(channel: channel, generation: generation))
        case .allLive: onEvent(.allSubscribed(generation: generation))
        case .message(let channel, let payload): onEvent(.message(channel: channel, payload: payload))
        case .closed(let error):
            handler = nil
            monitor.lost(error)
            onEvent(.disconnected)
            keeper.lost()
        }
    }
}
