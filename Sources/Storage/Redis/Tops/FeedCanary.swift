import Dispatch
import Leaderboard
import Logging
import Metrics
import NIOConcurrencyHelpers
import NIOCore
import RedisClient
import ServiceLifecycle

/// Proves that messages published to Redis reach this node. Twice a second it publishes to a channel of its own, to
/// which the feed's connection is subscribed.
///
/// A subscription can stop receiving while its connection lives: because of a proxy in between, a replica that is cut
/// off from its primary, or rights that were revoked. Only a message that went the whole way proves the opposite.
public final class FeedCanary: Service {
    private let feed: RedisTopFeed
    private let redis: RedisClient
    private let channel: String
    private let watch: NIOLockedValueBox<CanaryWatch>
    /// Whether Redis accepted the last canary.
    private let isPublished = NIOLockedValueBox(true)
    private let logger: Logger
    private let delays = Timer(label: "scorecast_gateway_canary_seconds")
    private let age = Gauge(label: "scorecast_gateway_canary_age_seconds")
    private let losses = Counter(label: "scorecast_gateway_canary_lost_total")

    /// The average time between two canaries, in ms. Together with the patience it detects a feed without messages
    /// within 4 s, so that watchers can be told within 5 s.
    private static let intervalMilliseconds = 500.0
    /// The same before the first canary has arrived and while canaries are late, so that a node is ready soon after its
    /// start and soon after an outage.
    private static let shortIntervalMilliseconds = 100.0
    /// How long a canary may take, in ms: longer than any pause of a busy node, but short enough not to mislead
    /// watchers.
    private static let patienceMilliseconds: Int64 = 3_000

    /// - Parameters:
    ///   - feed: the feed to prove.
    ///   - redis: the client that publishes.
    public init(feed: RedisTopFeed, redis: RedisClient, logger: Logger) {
        self.feed = feed
        self.redis = redis
        self.logger = logger
        // Each node receives its own canaries only.
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        channel = KeySpace(redis.configuration).canary(name)
        let watch = NIOLockedValueBox(CanaryWatch(patienceNanoseconds: Self.patienceMilliseconds * 1_000_000))
        self.watch = watch
        feed.listen(channel) { [delays, losses] payload in
            guard let sequence = Int64(String(buffer: payload)),
                let arrival = watch.withLockedValue({ $0.arrived(sequence, now: Self.now) })
            else { return }
            if let took = arrival.took { delays.recordNanoseconds(took) }
            losses.increment(by: arrival.lost)
        }
    }

    /// The evidence that messages arrive. Answers from memory.
    public var proof: FeedProof {
        watch.withLockedValue { watch in
            let now = Self.now
            let age = watch.age(now: now).map { $0 / 1_000_000 }
            if watch.isLate(now: now) {
                let isAccepted = isPublished.withLockedValue { $0 }
                return FeedProof(
                    whyLate: isAccepted ? "messages published to Redis do not arrive" : "Redis accepts no messages",
                    ageMilliseconds: age)
            }
            return FeedProof(
                whyLate: watch.isProven ? nil : "no message has come through Redis yet", ageMilliseconds: age)
        }
    }

    /// Sends canaries until graceful shutdown.
    public func run() async throws {
        var isLate = false
        var lookAgain = ContinuousClock.now
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let sequence = watch.withLockedValue { $0.send(now: Self.now) }
            // A canary that could not be published becomes late, like one that was lost.
            let isPublished = (try? await redis.command("PUBLISH", channel, "\(sequence)")) != nil
            self.isPublished.withLockedValue { $0 = isPublished }
            let (late, isProven, age) = watch.withLockedValue { watch in
                let now = Self.now
                return (watch.isLate(now: now), watch.isProven, watch.age(now: now))
            }
            if let age { self.age.record(Double(age) / 1e9) }
            if late != isLate { tell(isLate: late, isPublished: isPublished) }
            isLate = late
            // Redis accepts messages, but this connection does not deliver them. It may lead to a different server by
            // now.
            if late, isPublished, ContinuousClock.now >= lookAgain {
                feed.giveUpConnection()
                lookAgain = .now + .milliseconds(Self.patienceMilliseconds)
            }
            let interval = isProven && !late ? Self.intervalMilliseconds : Self.shortIntervalMilliseconds
            let wait = Duration.milliseconds(Int64(interval * .random(in: 0.8...1.2)))
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
        }
    }

    /// Logs one line when canaries become late, and one when they arrive again.
    private func tell(isLate: Bool, isPublished: Bool) {
        if isLate, !isPublished {
            logger.warning("Redis accepts no messages, so watchers get no changes")
        } else if isLate {
            logger.warning("Messages published to Redis do not arrive; watchers get changes by comparison only")
        } else {
            logger.notice("Messages published to Redis arrive again")
        }
    }

    private static var now: Int64 { Int64(truncatingIfNeeded: DispatchTime.now().uptimeNanoseconds) }
}
