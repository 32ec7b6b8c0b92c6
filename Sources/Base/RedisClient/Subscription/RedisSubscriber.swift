import Logging
import NIOConcurrencyHelpers
import NIOCore
import ServiceLifecycle

/// Receives messages of channels (`SUBSCRIBE`) on its own connection, on one event loop.
///
/// Pub/sub has no memory: messages that are published while there is no connection are lost. The subscriber therefore
/// reports when it is complete again: on `.allSubscribed`, read the current state, and take messages that are newer
/// than it.
public final class RedisSubscriber: Sendable {
    /// Events, in order, on the subscriber's event loop.
    public enum Event: Sendable, Equatable {
        /// A channel is live: messages that are published from now on arrive, unless the connection is lost.
        /// `generation` grows with each connection.
        case subscribed(channel: String, generation: UInt64)
        /// All channels which were wanted when this connection came up are live. Once for each connection; with no
        /// channels as soon as it is up.
        case allSubscribed(generation: UInt64)
        /// The connection is lost, and messages are being missed; a new one follows by itself.
        case disconnected
        /// A message.
        case message(channel: String, payload: ByteBuffer)
    }

    private struct Guarded {
        var channels: Set<String> = []
        var isRunning = false
        /// Of the connection whose channels are all live.
        var liveGeneration: UInt64?
    }

    /// The loop on which events are delivered.
    public let eventLoop: any EventLoop
    private let maxChannels: Int
    private let guarded = NIOLockedValueBox(Guarded())
    private let monitor: RedisConnectionMonitor
    private let connection: NIOLoopBoundBox<RedisSubscriberConnection>

    /// Makes a subscriber, which connects when `run()` is called.
    /// - Parameters:
    ///   - configuration: where Redis is; `maxChannels` bounds the channels. Give it its own `clientName`,
    ///     which labels its metrics.
    ///   - eventLoop: where the connection lives and `handler` is called.
    ///   - questions: what each new connection asks before it is used; called once for each connection.
    ///   - peers: clients of the same server; all connect again when one of them finds that it is of no use.
    ///   - logger: logs trouble and its end.
    ///   - handler: receives the events. Must not block.
    /// - Throws: `.invalidConfiguration`.
    public init(
        configuration: RedisConfiguration, eventLoop: any EventLoop,
        questions: @escaping @Sendable () -> [RedisQuestion] = { [] }, peers: RedisPeers = RedisPeers(),
        logger: Logger,
        handler: @escaping @Sendable (Event) -> Void
    ) throws(RedisError) {
        let metrics = RedisMetrics(name: configuration.clientName)
        let monitor = RedisConnectionMonitor(total: 1, logger: logger, metrics: metrics)
        let guarded = guarded
        let connection = RedisSubscriberConnection(
            connector: try RedisConnector(configuration: configuration, scripts: [], questions: questions),
            eventLoop: eventLoop,
            monitor: monitor, wanted: { guarded.withLockedValue { $0.channels } },
            onEvent: { event in
                switch event {
                case .allSubscribed(let generation): guarded.withLockedValue { $0.liveGeneration = generation }
                case .disconnected: guarded.withLockedValue { $0.liveGeneration = nil }
                case .subscribed, .message: break
                }
                handler(event)
            })
        self.eventLoop = eventLoop
        self.monitor = monitor
        self.connection = .makeBoxSendingValue(connection, eventLoop: eventLoop)
        maxChannels = configuration.maxChannels
        peers.join { [weak self] error, age in self?.giveUp(error, olderThan: age) }
    }

    /// Gives the connection up and makes another one, for the case that messages do not arrive although it is open. Can
    /// be called on any thread.
    public func giveUp(_ error: RedisError) {
        giveUp(error, olderThan: .zero)
    }

    private func giveUp(_ error: RedisError, olderThan age: TimeAmount) {
        eventLoop.execute { [connection] in connection.value.giveUp(error, olderThan: age) }
    }

    /// Whether there is a connection.
    public var isConnected: Bool { monitor.state.isConnected }

    /// Whether there is a connection, and all channels that were wanted when it came up are live on it.
    public var isLive: Bool { guarded.withLockedValue { $0.liveGeneration != nil } }

    /// The state of the connection: the current one at once, then each change. Ends at shutdown.
    public func connectionStates() -> AsyncStream<RedisConnectionState> { monitor.states() }

    /// Subscribes to a channel, now and after each reconnect. Can be called on any thread, also before `run()`; asking
    /// again for a channel does nothing.
    /// - Throws: `.tooManyChannels`.
    public func subscribe(_ channel: String) throws(RedisError) {
        let isWithin = guarded.withLockedValue { guarded in
            guard guarded.channels.count < maxChannels || guarded.channels.contains(channel) else { return false }
            guarded.channels.insert(channel)
            return true
        }
        guard isWithin else {
            throw RedisError(.tooManyChannels, "a subscriber takes at most \(maxChannels) channels")
        }
        reconcile(channel)
    }

    /// Ends a subscription. Can be called on any thread; a message may still arrive until the event loop gets to it.
    public func unsubscribe(_ channel: String) {
        guarded.withLockedValue { _ = $0.channels.remove(channel) }
        reconcile(channel)
    }

    /// The loop reads again what is wanted, so calls from several threads may overtake each other.
    private func reconcile(_ channel: String) {
        eventLoop.execute { [connection, guarded] in
            connection.value.want(channel, guarded.withLockedValue { $0.channels.contains(channel) })
        }
    }
}

extension RedisSubscriber: Service {
    /// Connects and keeps connected until the service group shuts down gracefully, or the task is cancelled.
    /// - Throws: `.alreadyRunning` when called twice.
    public func run() async throws {
        let isFirst = guarded.withLockedValue { guarded in
            defer { guarded.isRunning = true }
            return !guarded.isRunning
        }
        guard isFirst else { throw RedisError(.alreadyRunning, "the Redis subscriber runs already, or has run") }
        eventLoop.execute { [connection] in connection.value.start() }
        // It throws when the task is cancelled, which means the same.
        try? await gracefulShutdown()
        monitor.beginShutdown()
        // Fails only if the event loop is gone, and the connection with it.
        try? await eventLoop.submit { [connection] in connection.value.stop() }.get()
        monitor.finish()
    }
}
