import Leaderboard
import LocalServers
import NIOConcurrencyHelpers
import NIOPosix
import RedisClient
import Storage
import TestSupport
import Testing

/// The feed of tops, through everything that happens to a connection.
@Suite(.timeLimit(.minutes(1)))
struct TopFeedTests {
    private final class Watcher: Sendable {
        private let events = NIOLockedValueBox<[TopEvent]>([])

        func told(_ event: TopEvent) {
            events.withLockedValue { $0.append(event) }
        }

        /// The events in short: `live`, `cut`, or the version.
        var story: [String] {
            events.withLockedValue { events in
                events.map { event in
                    switch event {
                    case .live: "live"
                    case .cut: "cut"
                    case .changed(let top): "\(top.version)"
                    }
                }
            }
        }

        var lastTop: Top? {
            events.withLockedValue { events in
                events.reversed().lazy.compactMap { if case .changed(let top) = $0 { top } else { nil } }.first
            }
        }
    }

    private func withFeed(_ fixture: RedisFixture, _ body: (RedisTopFeed) async throws -> Void) async throws {
        let feed = try RedisTopFeed(
            configuration: fixture.configuration, partitioning: fixture.partitioning,
            eventLoop: MultiThreadedEventLoopGroup.singleton.next(), logger: quietLogger)
        try await withRunning(feed.run) { try await body(feed) }
    }

    @Test func followsAcrossARestart() async throws {
        try await withPrivateRedis { server in
            try await withFixture(on: server) { fixture in
                try await withFeed(fixture) { feed in
                    let watcher = Watcher()
                    feed.watch(fixture.board, window: "all", onEvent: watcher.told)
                    try await eventually("it is live") { watcher.story == ["live"] && feed.isLive }
                    try await fixture.add("u1", 5, "s1")
                    try await fixture.add("u2", 7, "s2")
                    try await eventually("both versions arrive") { watcher.story == ["live", "1", "2"] }
                    let page = try await fixture.page(10)
                    let top = try #require(watcher.lastTop)
                    #expect(top.entries == page.top.entries)
                    #expect(top.epoch == page.top.epoch && top.version == page.top.version)
                    #expect((0...60_000).contains(page.top.at - top.at))

                    await server.stop()
                    try await eventually("it is cut") { watcher.story == ["live", "1", "2", "cut"] && !feed.isLive }
                    try await server.restart()
                    try await eventually("it is live again") {
                        watcher.story == ["live", "1", "2", "cut", "live"] && feed.isLive
                    }
                    try await eventually("updates pass again") { fixture.redis.isConnected }
                    try await fixture.verify()
                    try await fixture.add("u1", 1, "s3")
                    try await eventually("the next version arrives") { watcher.story.last == "3" }
                }
            }
        }
    }

    @Test func watchingAndNot() async throws {
        try await withFixture { fixture in
            try await withFeed(fixture) { feed in
                let second = Board(id: fixture.board.id + "-b", group: fixture.board.group)
                let (one, two, three) = (Watcher(), Watcher(), Watcher())
                feed.watch(fixture.board, window: "all", onEvent: one.told)
                feed.watch(second, window: "all", onEvent: two.told)
                try await eventually("both are live") { one.story == ["live"] && two.story == ["live"] }
                try await fixture.add("u1", 5, "s1")
                try await eventually("the version arrives") { one.story == ["live", "1"] }
                #expect(two.story == ["live"])

                feed.unwatch(fixture.board, window: "all")
                try await fixture.add("u1", 5, "s2")
                // A later second watcher starts from the beginning, and hears nothing of the time in between.
                feed.watch(fixture.board, window: "all", onEvent: three.told)
                try await eventually("it is live") { three.story.first == "live" }
                try await fixture.add("u1", 5, "s3")
                try await eventually("the version arrives") { three.story.last == "3" }
                #expect(three.story == ["live", "3"])
                #expect(one.story == ["live", "1"])
            }
        }
    }

    @Test("A message that cannot be read is not passed on; the watcher is told to read the top itself")
    func strangeMessages() async throws {
        try await withFixture { fixture in
            try await withFeed(fixture) { feed in
                let watcher = Watcher()
                feed.watch(fixture.board, window: "all", onEvent: watcher.told)
                try await eventually("it is live") { watcher.story == ["live"] }
                try await fixture.redis.command("PUBLISH", fixture.keys.channel, "nonsense")
                try await eventually("it is told to read") { watcher.story == ["live", "live"] }
                try await fixture.add("u1", 5, "s1")
                try await eventually("the next version arrives") { watcher.story == ["live", "live", "1"] }
            }
        }
    }

    @Test("Too many rankings at once: the one that is not followed is told so")
    func tooMany() async throws {
        try await withFixture { fixture in
            var configuration = fixture.configuration
            configuration.maxChannels = 1
            let feed = try RedisTopFeed(
                configuration: configuration, partitioning: fixture.partitioning,
                eventLoop: MultiThreadedEventLoopGroup.singleton.next(), logger: quietLogger)
            let (one, two) = (Watcher(), Watcher())
            feed.watch(fixture.board, window: "all", onEvent: one.told)
            feed.watch(Board(id: "another"), window: "all", onEvent: two.told)
            #expect(one.story == [])
            #expect(two.story == ["cut"])
        }
    }
}
