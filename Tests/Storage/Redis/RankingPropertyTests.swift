import Basics
import Leaderboard
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import RedisClient
import Storage
import TestSupport
import Testing

/// Compares thousands of random updates with a board that is kept in the simplest way: each reply, the whole order, and
/// each published version of the top.
@Suite(.timeLimit(.minutes(2)))
struct RankingPropertyTests {
    struct Case: Sendable {
        var seed: UInt64
        var top: Int
        var users: Int
        var updates: Int
        /// Amounts are drawn from −spread to spread. A small spread makes many ties.
        var spread: Int64
    }

    @Test(arguments: [
        Case(seed: 1, top: 10, users: 40, updates: 2500, spread: 3),
        Case(seed: 2, top: 1, users: 12, updates: 1200, spread: 2),
        Case(seed: 3, top: 100, users: 30, updates: 1000, spread: 50),
        Case(seed: 4, top: 3, users: 60, updates: 1500, spread: 1),
    ])
    func agreesWithTheOracle(_ run: Case) async throws {
        try await withFixture(top: run.top) { fixture in
            let published = NIOLockedValueBox<[String]>([])
            try await withPublished(fixture, into: published) {
                let oracle = try await apply(run, fixture)
                try await eventually("all versions arrive") {
                    published.withLockedValue { $0.count } >= oracle.tops.count
                }
                // There is one message for each version and no other. Others would have arrived before the end does.
                try await fixture.redis.command("PUBLISH", fixture.keys.channel, "end")
                try await eventually("the end arrives") { published.withLockedValue { $0.last } == "end" }
                let tops = try published.withLockedValue { $0.dropLast() }
                    .map { try #require(TopCodec.decodePublished($0, rules: fixture.board.rules)) }
                let epoch = try await fixture.epoch()
                #expect(tops.allSatisfy { $0.epoch == epoch })
                #expect(tops.map(\.version) == Array(1...Int64(oracle.tops.count)))
                let wrong = zip(tops, oracle.tops).first { $0.entries != $1 }
                #expect(wrong == nil, "\(wrong.map { "\($0.0) instead of \($0.1)" } ?? "")")
                #expect(zip(tops, tops.dropFirst()).allSatisfy { $0.at <= $1.at })
                #expect(oracle.tops.count > 50, "too few versions to prove anything")
            }
        }
    }

    private func apply(_ run: Case, _ fixture: RedisFixture) async throws -> RankingOracle {
        var random = SplitMix64(seed: run.seed)
        var oracle = RankingOracle(top: run.top)
        var sent: [ScoreUpdate] = []
        let store = fixture.store()
        for number in 0..<run.updates {
            var update = fixture.update(
                "u\(Int.random(in: 0..<run.users, using: &random))",
                Int64.random(in: -run.spread...run.spread, using: &random), "s\(number)",
                submitted: number.isMultiple(of: 5) ? 1 : nil)
            switch Int.random(in: 0..<40, using: &random) {
            case 0: update = sent.randomElement(using: &random) ?? update
            case 1: update.amount = ScoreBounds.max
            case 2: update.amount = ScoreBounds.min
            default: break
            }
            if number % 40 == 7, let again = sent.randomElement(using: &random) {
                update = again
                update.submittedScore = 2
            }
            let outcome = try await store.outcome(of: update)
            let expected = oracle.apply(update)
            guard outcome == expected else {
                Issue.record("update \(number) (\(update)): \(outcome) instead of \(expected)")
                throw NotAsExpected()
            }
            sent.append(update)
            if number % 250 == 249 { try await compare(oracle, fixture, limit: Int.random(in: 1...20, using: &random)) }
        }
        try await compare(oracle, fixture, limit: 1000)
        #expect(try await fixture.events().map(\.signature).count == oracle.updates)
        return oracle
    }

    private struct NotAsExpected: Error {}

    private func compare(_ oracle: RankingOracle, _ fixture: RedisFixture, limit: Int) async throws {
        let entries = try await fixture.all(limit: limit)
        let page = try await fixture.page(limit)
        guard entries == oracle.entries, page.version == Int64(oracle.tops.count),
            page.total == Int64(oracle.entries.count)
        else {
            Issue.record("\(page), \(entries) instead of \(oracle.tops.count), \(oracle.entries)")
            throw NotAsExpected()
        }
    }

    /// Runs `body`, and collects everything that is published for the fixture's board.
    private func withPublished(
        _ fixture: RedisFixture, into published: NIOLockedValueBox<[String]>, _ body: () async throws -> Void
    ) async throws {
        let subscriber = try RedisSubscriber(
            configuration: fixture.configuration, eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
            logger: quietLogger
        ) { event in
            if case .message(_, let payload) = event {
                published.withLockedValue { $0.append(String(buffer: payload)) }
            }
        }
        try subscriber.subscribe(fixture.keys.channel)
        try await withRunning(subscriber.run) {
            try await eventually("the subscription is live") { subscriber.isLive }
            try await body()
        }
    }
}
