import EventLoops
import Leaderboard
import NIOCore

/// Looks after the feed, and tells the watchers of all loops when it is cut, and when what they see is current again.
/// Not thread-safe; lives on the home loop.
final class FeedWatch {
    private let home: any EventLoop
    private let feed: any TopFeed
    private let proof: (@Sendable () -> FeedProof)?
    private let wallClock: @Sendable () -> Int64
    private unowned let watchedRankings: WatchedRankings
    private let status: NodeStatus
    private var reception: Reception
    private var number: UInt32 = 0
    private var looking: RepeatedTask?

    /// Fine enough for watchers to know of an outage within 5 s, and of its end within 2.
    private static let interval = TimeAmount.milliseconds(100)

    /// - Parameters:
    ///   - proof: what is known of messages; nil if nobody looks after them.
    ///   - wallClock: ms since 1970.
    ///   - patienceMilliseconds: how long nothing need be proved.
    ///   - sources: whose tops are read again after an outage; it holds this.
    init(
        home: any EventLoop, feed: any TopFeed, proof: (@Sendable () -> FeedProof)?,
        wallClock: @escaping @Sendable () -> Int64, patienceMilliseconds: Int64, watchedRankings: WatchedRankings,
        status: NodeStatus
    ) {
        self.home = home
        self.feed = feed
        self.proof = proof
        self.wallClock = wallClock
        self.watchedRankings = watchedRankings
        self.status = status
        reception = Reception(patienceMilliseconds: patienceMilliseconds, now: Self.milliseconds(home.now))
    }

    /// Looks from now on.
    func start() {
        let bound = NIOLoopBound(self, eventLoop: home)
        looking = home.scheduleRepeatedTask(initialDelay: .zero, delay: Self.interval) { _ in bound.value.look() }
    }

    /// Looks no longer.
    func stop() {
        looking?.cancel()
        looking = nil
    }

    private func look() {
        status.metrics.recordFeedLive(feed.isLive)
        let now = Self.milliseconds(home.now)
        switch reception.look(isLive: feed.isLive, proof: proof?(), now: now) {
        case .nothing: break
        case .tellStale(let receivedUntil): announce(since: wallClock() - (now - receivedUntil))
        case .readAgain: watchedRankings.readAgain()
        }
    }

    /// The tops were read again.
    func topsWereRead() {
        if reception.wereRead() { announce(since: 0) }
    }

    private func announce(since: Int64) {
        status.metrics.watchersAreStale(reception.isStale)
        number &+= 1
        let notice = FeedNotice(number: number, since: since)
        for loop in watchedRankings.loops { loop.execute { $0.announce(notice) } }
    }

    private static func milliseconds(_ time: NIODeadline) -> Int64 { Int64(time.uptimeNanoseconds / 1_000_000) }
}
