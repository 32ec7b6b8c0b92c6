import Leaderboard
import Logging
import NIOConcurrencyHelpers
import NIOCore
import Players
import RedisClient
import ServiceLifecycle

/// The live line of a gateway over Redis: a subscription of its own, and the node's client to publish.
public final class RedisLiveLine: LiveLine, Service {
    private struct State {
        var onEvent: (@Sendable (LiveEvent) -> Void)?
        var topics: [String: LiveTopic] = [:]
        /// The channels of the windows whose moves are followed.
        var moves: [BoardWindow: String] = [:]
        var calls: [String: OpenCall] = [:]
    }

    private struct OpenCall {
        let completion: @Sendable (RoomAnswer) -> Void
        let timeout: Scheduled<Void>
    }

    private let redis: RedisClient
    private let partitioning: Partitioning
    private let space: KeySpace
    private let keys: LiveKeys
    private let subscriber: RedisSubscriber
    private let eventLoop: any EventLoop
    private let gateway: String
    private let state: NIOLockedValueBox<State>

    /// How long moves are published after `listen`, in ms.
    private static let listenMilliseconds: Int64 = 30_000
    /// Calls that wait for an answer. Stops play nodes that are away from filling the memory.
    private static let callsMax = 10_000

    /// - Parameters:
    ///   - redis: the client that publishes. Its server is subscribed to.
    ///   - partitioning: maps boards to partitions.
    ///   - eventLoop: the loop on which events are passed on.
    ///   - questions: what each new connection asks before it is used.
    public init(
        redis: RedisClient, partitioning: Partitioning, eventLoop: any EventLoop,
        questions: @escaping @Sendable () -> [RedisQuestion] = { [] }, logger: Logger
    ) throws(RedisError) {
        self.redis = redis
        self.partitioning = partitioning
        self.eventLoop = eventLoop
        space = KeySpace(redis.configuration)
        keys = LiveKeys(in: space)
        gateway = String(UInt64.random(in: .min ... .max), radix: 36)
        let answers = keys.answers(to: gateway)
        let state = NIOLockedValueBox(State())
        self.state = state
        var configuration = redis.configuration
        configuration.clientName = "scorecast-live"
        subscriber = try RedisSubscriber(
            configuration: configuration, eventLoop: eventLoop, questions: questions, peers: redis.peers,
            logger: logger
        ) { event in
            Self.take(event, answers: answers, state: state, logger: logger)
        }
        try subscriber.subscribe(answers)
    }

    /// Connects and stays connected until graceful shutdown.
    public func run() async throws { try await subscriber.run() }

    /// Whether events arrive now.
    package var isLive: Bool { subscriber.isLive }

    // MARK: Topics

    /// See `LiveLine`.
    public func begin(_ onEvent: @escaping @Sendable (LiveEvent) -> Void) {
        state.withLockedValue { $0.onEvent = onEvent }
    }

    /// See `LiveLine`.
    public func follow(_ topic: LiveTopic) {
        if let channel = channel(topic) { follow(topic, on: channel) }
    }

    private func follow(_ topic: LiveTopic, on channel: String) {
        let isNew = state.withLockedValue { $0.topics.updateValue(topic, forKey: channel) == nil }
        // At the limit of channels nothing arrives; members see the state of the time when they joined.
        if isNew { try? subscriber.subscribe(channel) }
    }

    /// See `LiveLine`.
    public func unfollow(_ topic: LiveTopic) {
        guard let channel = channel(topic) else { return }
        state.withLockedValue { $0.topics[channel] = nil }
        subscriber.unsubscribe(channel)
    }

    private func channel(_ topic: LiveTopic) -> String? {
        switch topic {
        case .users(let shard): keys.users(shard: shard)
        case .room(let challenge): keys.room(challenge)
        case .moves(let window): state.withLockedValue { $0.moves[window] }
        }
    }

    /// See `LiveLine`.
    public func tell(_ presence: GatewayPresence, to challenge: String) {
        publish(LiveCodec.encode(presence), on: keys.room(challenge)) { _ in }
    }

    private func publish(_ payload: String, on channel: String, completion: @escaping @Sendable (Bool) -> Void) {
        redis.send { encoder in
            encoder.begin(argumentCount: 3)
            encoder.append("PUBLISH")
            encoder.append(channel)
            encoder.append(payload)
        } completion: { result in
            if case .success(let value) = result, case .integer = value { completion(true) } else { completion(false) }
        }
    }

    // MARK: Moves

    /// See `LiveLine`.
    public func listen(
        to board: Board, window: String, completion: @escaping @Sendable (Result<Void, StoreError>) -> Void
    ) {
        let partition = partitioning.partition(of: board)
        let followed = BoardWindow(board: board.id, window: window)
        let channel = keys.moves(board.id, window: window, partition: partition)
        let previous = state.withLockedValue { $0.moves.updateValue(channel, forKey: followed) }
        if let previous, previous != channel {
            // The board is in another partition now.
            state.withLockedValue { $0.topics[previous] = nil }
            subscriber.unsubscribe(previous)
        }
        follow(.moves(followed), on: channel)
        let meta = PartitionKeys(partition: partition, in: space).meta
        let field = LiveKeys.listenField(board.id, window: window)
        redis.evaluate(
            Scripts.listen, keys: 1,
            { encoder in
                encoder.append(meta)
                encoder.append(field)
                encoder.append(Self.listenMilliseconds)
            }, argumentCount: 3
        ) { result in
            completion(
                Result { () throws(StoreError) in _ = try ScriptReply.value(result, of: Scripts.listen, board: board) })
        }
    }

    /// See `LiveLine`.
    public func endListening(to window: BoardWindow) {
        unfollow(.moves(window))
        state.withLockedValue { $0.moves[window] = nil }
    }

    // MARK: Calls

    /// See `LiveLine`.
    public func call(_ call: RoomCall, completion: @escaping @Sendable (RoomAnswer) -> Void) {
        let id = String(UInt64.random(in: .min ... .max), radix: 36)
        let timeout = eventLoop.scheduleTask(in: TimeAmount(RoomCall.patience)) { [state] in
            Self.end(id, .unavailable, state)
        }
        let isTaken = state.withLockedValue { state in
            guard state.calls.count < Self.callsMax else { return false }
            state.calls[id] = OpenCall(completion: completion, timeout: timeout)
            return true
        }
        guard isTaken else {
            timeout.cancel()
            return completion(.unavailable)
        }
        let payload = LiveCodec.encode(LiveCodec.Call(id: id, gateway: gateway, call: call))
        publish(payload, on: keys.calls) { [state] isPublished in
            if !isPublished { Self.end(id, .unavailable, state) }
        }
    }

    private static func end(_ id: String, _ answer: RoomAnswer, _ state: NIOLockedValueBox<State>) {
        guard let call = state.withLockedValue({ $0.calls.removeValue(forKey: id) }) else { return }
        call.timeout.cancel()
        call.completion(answer)
    }

    // MARK: Events

    private static func take(
        _ event: RedisSubscriber.Event, answers: String, state: NIOLockedValueBox<State>, logger: Logger
    ) {
        switch event {
        case .allSubscribed: break
        case .disconnected: state.withLockedValue { $0.onEvent }?(.cut)
        case .subscribed(let channel, _):
            let (topic, onEvent) = state.withLockedValue { ($0.topics[channel], $0.onEvent) }
            if let topic { onEvent?(.live(topic)) }
        case .message(let channel, let payload):
            let text = String(buffer: payload)
            if channel == answers {
                guard let (id, answer) = LiveCodec.answer(text) else {
                    return logger.error("An answer to a call is malformed")
                }
                return end(id, answer, state)
            }
            let (topic, onEvent) = state.withLockedValue { ($0.topics[channel], $0.onEvent) }
            guard let topic, let onEvent else { return }
            if let event = Self.event(text, of: topic) {
                onEvent(event)
            } else {
                logger.error("A live message is malformed", metadata: ["channel": "\(channel)"])
            }
        }
    }

    private static func event(_ text: String, of topic: LiveTopic) -> LiveEvent? {
        switch topic {
        case .users: LiveCodec.message(text).map { .message($0) }
        case .moves(let window): LiveCodec.moves(text).map { .moves($0, window: window) }
        case .room(let challenge):
            LiveCodec.news(text).map { news in
                switch news {
                case .progress(let progress): .progress(progress, challenge: challenge)
                case .presence(let presence): .presence(presence, challenge: challenge)
                }
            }
        }
    }
}
