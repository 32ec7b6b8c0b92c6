import EventLoops
import Leaderboard
import NIOCore

/// Watches the feed, and tells the watchers when they may see old tops, and when what they see is current again. Not
/// thread-safe; lives on the home loop.
package final class FeedWatch {
    private let home: any EventLoop
    private let feed: any TopFeed
    private let proof: (@Sendable () -> FeedProof)?
    private let wallClock: @Sendable () -> Int64
    private let metrics: GatewayMetrics
    private let readTops: () -> Void
    private let announce: (FeedNotice) -> Void
    private var reception: Reception
    private var number: UInt32 = 0
    private var looking: RepeatedTask?

    /// Short enough that watchers know of an outage within 5 s, and of its end within 2 s.
    private static let interval = TimeAmount.milliseconds(100)

    /// - Parameters:
    ///   - home: the home loop.
    ///   - feed: the feed.
    ///   - proof: whether messages arrive; nil if nothing checks that.
    ///   - wallClock: ms since 1970.
    ///   - patience: how long there may be no proof before the watchers are told.
    ///   - metrics: told whether the feed is live, and whether watchers may see old tops.
    ///   - readTops: reads all tops again. `recordTopsRead` has to follow.
    ///   - announce: tells the watchers of all loops.
    package init(
        home: any EventLoop, feed: any TopFeed, proof: (@Sendable () -> FeedProof)?,
        wallClock: @escaping @Sendable () -> Int64, patience: Duration, metrics: GatewayMetrics,
        readTops: @escaping () -> Void, announce: @escaping (FeedNotice) -> Void
    ) {
        self.home = home
        self.feed = feed
        self.proof = proof
        self.wallClock = wallClock
        self.metrics = metrics
        self.readTops = readTops
        self.announce = announce
        reception = Reception(patience: patience, now: Self.milliseconds(home.now))
    }

    /// Starts to look at the feed.
    package func start() {
        let bound = NIOLoopBound(self, eventLoop: home)
        looking = home.scheduleRepeatedTask(initialDelay: .zero, delay: Self.interval) { _ in bound.value.look() }
    }

    /// Stops to look at the feed.
    package func stop() {
        looking?.cancel()
        looking = nil
    }

    private func look() {
        metrics.recordFeedLive(feed.isLive)
        let now = Self.milliseconds(home.now)
        switch reception.look(isLive: feed.isLive, proof: proof?(), now: now) {
        case .nothing: break
        case .tellStale(let receivedUntil): tell(since: wallClock() - (now - receivedUntil))
        case .readAgain: readTops()
        }
    }

    /// All tops were read, after an outage.
    package func recordTopsRead() {
        if reception.recordTopsRead() { tell(since: 0) }
    }

    private func tell(since: Int64) {
        metrics.recordStale(reception.isStale)
        number &+= 1
        announce(FeedNotice(number: number, since: since))
    }

    private static func milliseconds(_ time: NIODeadline) -> Int64 { Int64(time.uptimeNanoseconds / 1_000_000) }
}
