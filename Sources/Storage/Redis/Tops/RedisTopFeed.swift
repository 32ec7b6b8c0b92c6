import Leaderboard
import Logging
import NIOConcurrencyHelpers
import NIOCore
import RedisClient
import ServiceLifecycle

/// The feed of tops that the scripts publish.
public final class RedisTopFeed: TopFeed, Service {
    private typealias Watchers = [String: Watcher]
    private typealias Listeners = [String: @Sendable (ByteBuffer) -> Void]

    private struct Watcher: Sendable {
        /// The rules by which the values of a message are scores and ranks.
        let rules: BoardRules
        let tell: @Sendable (TopEvent) -> Void
    }

    private let subscriber: RedisSubscriber
    private let partitioning: Partitioning
    private let space: KeySpace
    private let watchers: NIOLockedValueBox<Watchers>
    private let listeners: NIOLockedValueBox<Listeners>

    /// - Parameters:
    ///   - configuration: the address of Redis.
    ///   - partitioning: maps boards to partitions.
    ///   - eventLoop: the event loop on which events are passed on.
    ///   - questions: the questions that each new connection asks before it is used.
    ///   - peers: the clients that use the same Redis.
    public init(
        configuration: RedisConfiguration, partitioning: Partitioning, eventLoop: any EventLoop,
        questions: @escaping @Sendable () -> [RedisQuestion] = { [] }, peers: RedisPeers = RedisPeers(),
        logger: Logger
    ) throws(RedisError) {
        let watchers = NIOLockedValueBox<Watchers>([:])
        self.watchers = watchers
        let listeners = NIOLockedValueBox<Listeners>([:])
        self.listeners = listeners
        self.partitioning = partitioning
        space = KeySpace(configuration)
        subscriber = try RedisSubscriber(
            configuration: configuration, eventLoop: eventLoop, questions: questions, peers: peers, logger: logger
        ) { event in
            Self.tell(event, watchers: watchers, listeners: listeners, logger: logger)
        }
    }

    /// Gives up the connection, because messages do not arrive on it. Another one is made.
    func giveUpConnection() {
        subscriber.giveUp(RedisError(.timedOut, "messages published to Redis do not arrive"))
    }

    /// See `TopFeed`. Each window has one watcher: a second one replaces the first.
    public func watch(_ board: Board, window: String, onEvent: @escaping @Sendable (TopEvent) -> Void) {
        let channel = channel(board, window)
        watchers.withLockedValue { $0[channel] = Watcher(rules: board.rules, tell: onEvent) }
        do {
            try subscriber.subscribe(channel)
        } catch {
            onEvent(.cut)
        }
    }

    /// See `TopFeed`.
    public func unwatch(_ board: Board, window: String) {
        let channel = channel(board, window)
        watchers.withLockedValue { $0[channel] = nil }
        subscriber.unsubscribe(channel)
    }

    private func channel(_ board: Board, _ window: String) -> String {
        BoardKeys(
            Ranking(board: board.id, window: window), partition: partitioning.partition(of: board), in: space
        ).channel
    }

    /// Subscribes to a channel that does not carry tops, on the feed's own connection, for as long as the feed lives.
    func listen(_ channel: String, onMessage: @escaping @Sendable (ByteBuffer) -> Void) {
        listeners.withLockedValue { $0[channel] = onMessage }
        // This fails only at the limit of channels. The canary then never arrives, which reports exactly that.
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
            watchers.withLockedValue { $0[channel] }?.tell(.live)
        case .allSubscribed:
            break
        case .disconnected:
            for watcher in watchers.withLockedValue({ Array($0.values) }) { watcher.tell(.cut) }
        case .message(let channel, let payload):
            guard let watcher = watchers.withLockedValue({ $0[channel] }) else {
                listeners.withLockedValue { $0[channel] }?(payload)
                return
            }
            if let top = TopCodec.decodePublished(String(buffer: payload), rules: watcher.rules) {
                watcher.tell(.changed(top))
            } else {
                logger.error("A published top is malformed", metadata: ["channel": "\(channel)"])
                watcher.tell(.live)  // makes the watcher read the top
            }
        }
    }
}
