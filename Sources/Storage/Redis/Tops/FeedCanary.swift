import Dispatch
import Leaderboard
import Logging
import Metrics
import NIOConcurrencyHelpers
import NIOCore
import RedisClient
import ServiceLifecycle

/// Proves that what is published to Redis reaches this node: twice a second it publishes to a channel of its own, which
/// the feed's own connection is subscribed to.
///
/// A subscription whose connection lives can still be deaf: a proxy in between, a replica that is cut off from its
/// primary, rights that were taken away. Only a message that went the whole way says that it is not.
public final class FeedCanary: Service {
    private let feed: RedisTopFeed
    private let redis: RedisClient
    private let channel: String
    private let watch: NIOLockedValueBox<CanaryWatch>
    private let logger: Logger
    private let delays = Timer(label: "scorecast_gateway_canary_seconds")
    private let age = Gauge(label: "scorecast_gateway_canary_age_seconds")
    private let losses = Counter(label: "scorecast_gateway_canary_lost_total")

    /// About how long to wait between two, in ms. Together with the patience, a deaf feed is known within 4 s, so that
    /// watchers can be told within 5.
    private static let intervalMilliseconds = 500.0
    /// The same before the first has come through and while they are late, so that a node is ready soon after its
    /// start, and after the end of an outage.
    private static let shortIntervalMilliseconds = 100.0
    /// How long one may take, in ms: more than any pause of a busy node, less than anyone should be misled for.
    private static let patienceMilliseconds: Int64 = 3_000

    /// - Parameters:
    ///   - feed: what is to be proved.
    ///   - redis: publishes.
    public init(feed: RedisTopFeed, redis: RedisClient, logger: Logger) {
        self.feed = feed
        self.redis = redis
        self.logger = logger
        // Each node hears its own alone. The tag keeps it within what the ACL of a node may allow.
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        channel = "\(PartitionKeys(partition: 0, in: KeySpace(redis.configuration)).channelTag):canary:\(name)"
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

    /// What is known of whether messages arrive. Answers from memory.
    public var proof: FeedProof {
        watch.withLockedValue { watch in
            let now = Self.now
            let age = watch.age(now: now).map { $0 / 1_000_000 }
            if watch.isLate(now: now) {
                return FeedProof(whyLate: "messages published to Redis do not arrive", ageMilliseconds: age)
            }
            return FeedProof(
                whyLate: watch.isProven ? nil : "no message has come through Redis yet", ageMilliseconds: age)
        }
    }

    /// Sends until graceful shutdown.
    public func run() async throws {
        var isLate = false
        var lookAgain = ContinuousClock.now
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let sequence = watch.withLockedValue { $0.send(now: Self.now) }
            // One that could not be published is late like one that was lost.
            let isPublished = (try? await redis.command("PUBLISH", channel, "\(sequence)")) != nil
            let (late, isProven, age) = watch.withLockedValue { watch in
                let now = Self.now
                return (watch.isLate(now: now), watch.isProven, watch.age(now: now))
            }
            if let age { self.age.record(Double(age) / 1e9) }
            if late != isLate { tell(isLate: late) }
            isLate = late
            // Redis takes messages, and this connection does not bring them: it may go to another server by now.
            if late, isPublished, ContinuousClock.now >= lookAgain {
                feed.giveUpConnection()
                lookAgain = .now + .milliseconds(Self.patienceMilliseconds)
            }
            let interval = isProven && !late ? Self.intervalMilliseconds : Self.shortIntervalMilliseconds
            let wait = Duration.milliseconds(Int64(interval * .random(in: 0.8...1.2)))
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: wait) }
        }
    }

    /// Once for each outage.
    private func tell(isLate: Bool) {
        if isLate {
            logger.warning("Messages published to Redis do not arrive; watchers get changes by comparison only")
        } else {
            logger.notice("Messages published to Redis arrive again")
        }
    }

    private static var now: Int64 { Int64(truncatingIfNeeded: DispatchTime.now().uptimeNanoseconds) }
}
