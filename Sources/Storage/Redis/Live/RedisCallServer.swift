import Logging
import NIOCore
import Players
import RedisClient
import ServiceLifecycle

/// Takes the calls that gateways publish, each on one play node, and publishes the answers.
public struct RedisCallServer: Service {
    /// A call, and when it came.
    private struct Waiting: Sendable {
        let call: LiveCodec.Call
        let cameAt = ContinuousClock.now
    }

    private let redis: RedisClient
    private let calls: any RoomCalls
    private let keys: LiveKeys
    private let subscriber: RedisSubscriber
    private let waiting: AsyncStream<Waiting>
    private let end: AsyncStream<Waiting>.Continuation
    private let node: String

    /// Calls that a node works on at once. Stops gateways from taking all of its connections to Postgres.
    private static let concurrentMax = 16
    /// Calls that wait. What comes beyond is left to other nodes, and else the gateway answers `unavailable`.
    private static let waitingMax = 256
    /// How long a claim lasts, in ms: longer than any gateway waits.
    private static let claimMilliseconds = "10000"

    /// - Parameters:
    ///   - redis: the client that claims calls and publishes answers. Its server is subscribed to.
    ///   - calls: answers the calls.
    ///   - eventLoop: the loop of the subscription.
    ///   - questions: what each new connection asks before it is used.
    public init(
        redis: RedisClient, calls: any RoomCalls, eventLoop: any EventLoop,
        questions: @escaping @Sendable () -> [RedisQuestion] = { [] }, logger: Logger
    ) throws(RedisError) {
        self.redis = redis
        self.calls = calls
        keys = LiveKeys(in: KeySpace(redis.configuration))
        node = String(UInt64.random(in: .min ... .max), radix: 36)
        var configuration = redis.configuration
        configuration.clientName = "scorecast-calls"
        let (stream, continuation) = AsyncStream<Waiting>.makeStream(
            bufferingPolicy: .bufferingOldest(Self.waitingMax))
        (waiting, end) = (stream, continuation)
        subscriber = try RedisSubscriber(
            configuration: configuration, eventLoop: eventLoop, questions: questions, peers: redis.peers,
            logger: logger
        ) { event in
            guard case .message(_, let payload) = event else { return }
            if let call = LiveCodec.call(String(buffer: payload)) {
                continuation.yield(Waiting(call: call))
            } else {
                logger.error("A call of a gateway is malformed")
            }
        }
        try subscriber.subscribe(keys.calls)
    }

    /// Answers calls until graceful shutdown.
    public func run() async throws {
        async let subscribed: Void = subscriber.run()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                try? await gracefulShutdown()
                end.finish()
            }
            var open = 0
            for await next in waiting {
                if open >= Self.concurrentMax {
                    await group.next()
                    open -= 1
                }
                // While the stores are slow, those that have waited too long would keep the later ones waiting as well.
                guard ContinuousClock.now - next.cameAt < RoomCall.patience else { continue }
                open += 1
                group.addTask { await serve(next.call) }
            }
        }
        try await subscribed
    }

    private func serve(_ call: LiveCodec.Call) async {
        let claim = try? await redis.command(
            "SET", keys.claim(call.id), node, "NX", "PX", Self.claimMilliseconds)
        guard let claim, !claim.isNull else { return }
        let answer = await calls.answer(call.call)
        // If the answer is lost, the gateway says `unavailable`, and the member may ask again.
        _ = try? await redis.command(
            "PUBLISH", keys.answers(to: call.gateway), LiveCodec.encode(answer, to: call.id))
    }
}
