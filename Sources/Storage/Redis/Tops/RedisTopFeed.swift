import Leaderboard
import Logging
import NIOConcurrencyHelpers
import NIOCore
import RedisClient
import ServiceLifecycle

/// The visible tops as `lua/apply.lua` publishes them.
public final class RedisTopFeed: TopFeed, Service {
    private typealias Watchers = [String: @Sendable (TopEvent) -> Void]
    private typealias Listeners = [String: @Sendable (ByteBuffer) -> Void]

    private let subscriber: RedisSubscriber
    private let keys: RankingKeyCache
    private let watchers: NIOLockedValueBox<Watchers>
    private let listeners: NIOLockedValueBox<Listeners>

    /// - Parameters:
    ///   - configuration: where Redis is.
    ///   - partitioning: where boards live.
    ///   - eventLoop: where events are told.
    ///   - questions: what each new connection asks before it is used.
    ///   - peers: clients that go to the same Redis.
    public init(
        configuration: RedisConfiguration, partitioning: Partitioning, eventLoop: any EventLoop,
        questions: @escaping @Sendable () -> [RedisQuestion] = { [] }, peers: RedisPeers = RedisPeers(),
        logger: Logger
    ) throws(RedisError) {
        let watchers = NIOLockedValueBox<Watchers>([:])
        self.watchers = watchers
        let listeners = NIOLockedValueBox<Listeners>([:])
        self.listeners = listeners
        keys = RankingKeyCache(partitioning: partitioning, in: KeySpace(configuration))
        subscriber = try RedisSubscriber(
            configuration: configuration, eventLoop: eventLoop, questions: questions, peers: peers, logger: logger
        ) { event in
            Self.tell(event, watchers: watchers, listeners: listeners, logger: logger)
        }
    }

    /// Takes another connection: messages do not arrive on this one.
    func giveUpConnection() {
        subscriber.giveUp(RedisError(.timedOut, "messages published to Redis do not arrive"))
    }

    /// See `TopFeed`. One watcher for each ranking: a second one takes the place of the first.
    public func watch(_ board: Board, _ ranking: Ranking, onEvent: @escaping @Sendable (TopEvent) -> Void) {
        let channel = keys.keys(of: ranking, board: board).channel
        watchers.withLockedValue { $0[channel] = onEvent }
        do {
            try subscriber.subscribe(channel)
        } catch {
            onEvent(.cut)
        }
    }

    /// See `TopFeed`.
    public func unwatch(_ board: Board, _ ranking: Ranking) {
        let channel = keys.keys(of: ranking, board: board).channel
        watchers.withLockedValue { $0[channel] = nil }
        subscriber.unsubscribe(channel)
    }

    /// Hears a channel that is no ranking's, for as long as the feed lives, on the connection of all the others.
    func listen(_ channel: String, onMessage: @escaping @Sendable (ByteBuffer) -> Void) {
        listeners.withLockedValue { $0[channel] = onMessage }
        // Refused only when there are too many channels; then nothing is heard, which is what the listener is for.
        try? subscriber.subscribe(channel)
    }

    /// See `TopFeed`.
    public var isLive: Bool { subscriber.isLive }

    /// Connects and stays connected until graceful shutdown.
    public func run() async throws {
        try await subscriber.run()
    }

    private static func tell(
        _ event: RedisSubscriber.Event, watchers: NIOLockedValueBox<Watchers>,
        listeners: NIOLockedValueBox<Listeners>, logger: Logger
    ) {
        switch event {
        case .subscribed(let channel, _):
            watchers.withLockedValue { $0[channel] }?(.live)
        case .allSubscribed:
            break
        case .disconnected:
            for watcher in watchers.withLockedValue({ Array($0.values) }) { watcher(.cut) }
        case .message(let channel, let payload):
            guard let watcher = watchers.withLockedValue({ $0[channel] }) else {
                listeners.withLockedValue { $0[channel] }?(payload)
                return
            }
            if let top = TopCodec.decodePublished(String(buffer: payload)) {
                watcher(.changed(top))
            } else {
                logger.error("A published top is of another form", metadata: ["channel": "\(channel)"])
                watcher(.live)  // read it instead
            }
        }
    }
}
