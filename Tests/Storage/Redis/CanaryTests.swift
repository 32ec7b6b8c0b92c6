import Leaderboard
import LocalServers
import NIOPosix
import RedisClient
import Storage
import TestSupport
import Testing

/// The canary's evidence about a feed.
@Suite(.timeLimit(.minutes(1)))
struct CanaryTests {
    @Test func nothingIsProvenBeforeTheFirstArrival() {
        var watch = CanaryWatch(patienceNanoseconds: 10)
        #expect(!watch.isProven && !watch.isLate(now: 1000))
        let first = watch.send(now: 0)
        #expect(!watch.isLate(now: 10))
        #expect(watch.isLate(now: 11))
        #expect(watch.arrived(first, now: 12) == .init(took: 12, lost: 0))
        #expect(watch.isProven && !watch.isLate(now: 1000))
    }

    @Test func theOldestThatIsAwaitedCounts() {
        var watch = CanaryWatch(patienceNanoseconds: 10)
        let sent = (0..<5).map { watch.send(now: Int64($0) * 4) }
        #expect(watch.isLate(now: 11))
        // It arrives after all, and the others still have time.
        #expect(watch.arrived(sent[0], now: 11) == .init(took: 11, lost: 0))
        #expect(!watch.isLate(now: 14))
        #expect(watch.isLate(now: 15))
        // An arrival shows that the canaries before it were lost. They are no longer expected.
        #expect(watch.arrived(sent[3], now: 15) == .init(took: 3, lost: 2))
        #expect(!watch.isLate(now: 26))
        #expect(watch.isLate(now: 27))
    }

    @Test func theAgeIsThatOfTheNewestThatCameThrough() {
        var watch = CanaryWatch(patienceNanoseconds: 10)
        let sent = (0..<3).map { watch.send(now: Int64($0) * 4) }
        #expect(watch.age(now: 9) == nil)
        #expect(watch.arrived(sent[1], now: 9) != nil)
        #expect(watch.age(now: 9) == 5)
        #expect(watch.age(now: 30) == 26)
        #expect(watch.arrived(sent[2], now: 30) != nil)
        #expect(watch.age(now: 30) == 22)
    }

    @Test func whatWasNotAwaitedSaysNothing() {
        var watch = CanaryWatch(patienceNanoseconds: 10)
        #expect(watch.arrived(1, now: 0) == nil)
        let first = watch.send(now: 0)
        #expect(watch.arrived(first, now: 1) != nil)
        #expect(watch.arrived(first, now: 2) == nil)
        #expect(watch.arrived(first + 1, now: 2) == nil)
        #expect(watch.arrived(-1, now: 2) == nil)
    }

    @Test func aLongSilenceCostsNoMemoryAndEndsWithTheNextArrival() {
        var watch = CanaryWatch(patienceNanoseconds: 10)
        for now in 0..<10_000 { _ = watch.send(now: Int64(now)) }
        #expect(watch.isLate(now: 10_000))
        // The time is unknown, because only the oldest canaries are tracked.
        #expect(watch.arrived(10_000, now: 10_000) == .init(took: nil, lost: 16))
        #expect(!watch.isLate(now: 20_000))
    }

    /// The feed's connection leads to a server to which nothing is published, like one that was cut off.
    @Test func aDeafConnectionIsMadeAgain() async throws {
        try await withPrivateRedis { deaf in
            try await withFixture { fixture in
                let feed = try RedisTopFeed(
                    configuration: RedisConfiguration(url: deaf.url), partitioning: fixture.partitioning,
                    eventLoop: MultiThreadedEventLoopGroup.singleton.next(), logger: quietLogger)
                let canary = FeedCanary(feed: feed, redis: fixture.redis, logger: quietLogger)
                let running = [Task { try await feed.run() }, Task { try await canary.run() }]
                defer { for task in running { task.cancel() } }
                try await withFixture(url: deaf.url, isOpen: false) { look in
                    func connections() async throws -> Int64 {
                        let info = try await look.redis.command("INFO", "stats").string ?? ""
                        return info.firstMatch(of: /total_connections_received:(\d+)/).flatMap { Int64($0.output.1) }
                            ?? 0
                    }
                    try await eventually("it is connected") { feed.isLive }
                    let before = try await connections()
                    try await eventually("it is deaf") {
                        canary.proof.whyLate == "messages published to Redis do not arrive"
                    }
                    try await eventually("another connection is tried") { try await connections() > before }
                    try await eventually("and lives") { feed.isLive }
                }
            }
        }
    }

    @Test func hearsItselfThroughRedis() async throws {
        try await withFixture { fixture in
            let feed = try RedisTopFeed(
                configuration: fixture.configuration, partitioning: fixture.partitioning,
                eventLoop: MultiThreadedEventLoopGroup.singleton.next(), logger: quietLogger)
            let canary = FeedCanary(feed: feed, redis: fixture.redis, logger: quietLogger)
            #expect(
                canary.proof == FeedProof(whyLate: "no message has come through Redis yet", ageMilliseconds: nil))
            let running = [Task { try await feed.run() }, Task { try await canary.run() }]
            defer { for task in running { task.cancel() } }
            try await eventually("it has come through") { canary.proof.whyLate == nil }
            #expect(try #require(canary.proof.ageMilliseconds) < 60_000)
        }
    }
}
