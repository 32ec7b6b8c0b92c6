import Gateway
import Leaderboard
import MetricsTestKit
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import Testing

/// How the feed is watched: it is looked at ten times a second, and watchers are told what `Reception` decides.
@Suite struct FeedWatchTests {
    /// A feed that is live or not, as the test says.
    private final class Feed: TopFeed {
        private let live = NIOLockedValueBox(true)
        var isLive: Bool { live.withLockedValue { $0 } }
        func set(isLive: Bool) { live.withLockedValue { $0 = isLive } }
        func watch(_ board: Board, window: String, onEvent: @escaping @Sendable (TopEvent) -> Void) {}
        func unwatch(_ board: Board, window: String) {}
    }

    private final class Scene {
        let loop = EmbeddedEventLoop()
        let feed = Feed()
        let metrics = TestMetrics()
        private(set) var told: [String] = []
        private(set) var reads = 0
        private(set) var watch: FeedWatch?

        init() {
            let watch = FeedWatch(
                home: loop, feed: feed, proof: nil, wallClock: { 1_000_000 }, patience: .milliseconds(500),
                metrics: GatewayMetrics(factory: metrics), readTops: { [unowned self] in reads += 1 },
                announce: { [unowned self] notice in
                    let text = notice.frame(after: notice.number - 1, as: .events).map { String(buffer: $0) } ?? ""
                    told.append("\(notice.number) \(text.dropFirst(6).dropLast(2))")
                })
            self.watch = watch
            watch.start()
        }

        func pass(milliseconds: Int64) { loop.advanceTime(by: .milliseconds(milliseconds)) }

        /// The value of a gauge.
        func gauge(_ name: String) -> Double? {
            try? metrics.expectRecorder("scorecast_gateway_\(name)").lastValue
        }
    }

    @Test("An outage is told with the time since when nothing came, and its end after all tops were read again")
    func outage() {
        let scene = Scene()
        scene.pass(milliseconds: 1_000)
        #expect(scene.told == [] && scene.gauge("feed_live") == 1)
        scene.feed.set(isLive: false)
        scene.pass(milliseconds: 400)
        #expect(scene.told == [] && scene.gauge("feed_live") == 0, "it need not last")
        scene.pass(milliseconds: 200)
        // It was live 500 ms before the look that told.
        #expect(scene.told == [#"1 {"type":"stale","since":999500}"#])
        #expect(scene.gauge("stale") == 1)
        scene.feed.set(isLive: true)
        scene.pass(milliseconds: 300)
        #expect(scene.reads == 1 && scene.told.count == 1)
        scene.watch?.recordTopsRead()
        scene.watch?.recordTopsRead()
        #expect(scene.told.dropFirst() == [#"2 {"type":"current"}"#])
        #expect(scene.gauge("stale") == 0)
        scene.feed.set(isLive: false)
        scene.pass(milliseconds: 1_000)
        #expect(scene.told.last?.hasPrefix("3 ") == true, "each outage has a notice of its own")
    }

    @Test("After the stop nobody looks, and nobody is told")
    func stop() {
        let scene = Scene()
        scene.pass(milliseconds: 100)
        scene.watch?.stop()
        scene.feed.set(isLive: false)
        scene.pass(milliseconds: 10_000)
        #expect(scene.told == [] && scene.reads == 0 && scene.gauge("feed_live") == 1)
    }
}
