import Basics
import Leaderboard
import RedisClient
import Storage
import Testing

/// Whatever the clocks do, no action id counts twice and no limit locks a user out. The clocks here are Redis' own
/// clock, which the tests read, and the issue times of action ids, which stand for the clocks of nodes and game
/// servers.
@Suite(.timeLimit(.minutes(1)))
struct ApplyClockTests {
    /// The fixture's stores keep receipts for 750 s. A second is forgotten when all of it is older than that.
    private static let keep: Int64 = 751

    private func id(_ fixture: RedisFixture, _ second: Int64, _ name: String = "") -> ScoreUpdate {
        fixture.update("u1", 1, "s\(second)\(name)", issuedAt: second * 1000 + 500)
    }

    private func now(_ fixture: RedisFixture) async throws -> Int64 { try await fixture.time() / 1_000_000 }

    private func hasReceipts(_ fixture: RedisFixture, _ second: Int64) async throws -> Bool {
        try await fixture.redis.command("EXISTS", fixture.keys.partition.receipts(issuedAt: second * 1000))
            == .integer(1)
    }

    private func forgotten(_ fixture: RedisFixture) async throws -> Int64? {
        let mark = try await fixture.redis.command("HGET", fixture.keys.partition.meta, "forgotten").string
        return mark?.split(separator: " ").first.flatMap { Int64($0) }
    }

    /// Applies ids that count every minute, which is often enough for seconds to be forgotten in time.
    private func pass(from start: Int64, to end: Int64, _ fixture: RedisFixture) async throws {
        for second in stride(from: start + 60, to: end, by: 60) {
            #expect(try await fixture.store().outcome(of: id(fixture, second, "-passing")).isApplied)
        }
        #expect(try await fixture.store().outcome(of: id(fixture, end, "-passing")).isApplied)
    }

    /// A second's receipts go when ids that are issued so much later count; from then on its ids are refused.
    @Test("The receipts of a second go when much later ids count; from then on its ids are refused")
    func forgottenSeconds() async throws {
        try await withFixture { fixture in
            let store = fixture.store()
            let start = try await now(fixture) - 100_000
            for second in [start, start + 1, start + 2] {
                #expect(try await store.outcome(of: id(fixture, second)).isApplied)
            }
            try await pass(from: start, to: start + Self.keep + 1, fixture)
            #expect(try await forgotten(fixture) == start + 1)
            #expect(try await hasReceipts(fixture, start + 1) == false)
            #expect(try await hasReceipts(fixture, start + 2))
            let before = try await fixture.dump()
            for second in [start, start + 1] {
                for name in ["", "-new"] {
                    guard case .stale(let at, let last) = try await store.outcome(of: id(fixture, second, name)) else {
                        Issue.record("\(second)\(name) is not refused")
                        continue
                    }
                    #expect(last == start + 1)
                    #expect(abs(at / 1000 - start - 100_000) < 60)
                }
            }
            guard case .replayed = try await store.outcome(of: id(fixture, start + 2)) else {
                Issue.record("the receipt of a second that is not forgotten is gone")
                return
            }
            #expect(try await fixture.dump() == before)
            #expect(try await store.outcome(of: id(fixture, start + 2, "-new")).isApplied)
        }
    }

    /// A clock of Redis that is ahead (here, by all that its time is past the issue times) forgets nothing by itself.
    @Test("A clock of Redis that is ahead forgets nothing by itself", arguments: [800, 3_600, 400 * 86_400] as [Int64])
    func redisAhead(_ difference: Int64) async throws {
        try await withFixture { fixture in
            let store = fixture.store()
            let start = try await now(fixture) - difference
            #expect(try await store.outcome(of: id(fixture, start)).isApplied)
            #expect(try await store.outcome(of: id(fixture, start + 600)).isApplied)
            guard case .replayed = try await store.outcome(of: id(fixture, start)) else {
                Issue.record("not replayed")
                return
            }
            #expect(try await store.outcome(of: id(fixture, start, "-new")).isApplied)
        }
    }

    @Test("A node and a game server whose clocks are ahead forget nothing either, that others still need")
    func nodeAhead() async throws {
        try await withFixture { fixture in
            let store = fixture.store()
            let now = try await now(fixture)
            #expect(try await store.outcome(of: id(fixture, now - 600)).isApplied)
            #expect(try await store.outcome(of: id(fixture, now + 86_400)).isApplied)
            let last = try #require(try await forgotten(fixture))
            #expect(last <= now - Self.keep + 60)
            guard case .replayed = try await store.outcome(of: id(fixture, now - 600)) else {
                Issue.record("not replayed")
                return
            }
            #expect(try await store.outcome(of: id(fixture, now - 600, "-new")).isApplied)
        }
    }

    /// If two nodes keep receipts for different times, the shorter time decides: the other node refuses what was
    /// forgotten.
    @Test func differentMaximalAges() async throws {
        try await withFixture { fixture in
            let short = RedisScoreStore(
                redis: fixture.other,
                settings: WriteSettings(
                    partitioning: fixture.partitioning, rateLimit: nil, actionMaxAge: .milliseconds(1000),
                    actionSkew: .milliseconds(0)))
            let start = try await now(fixture) - 100_000
            #expect(try await fixture.store().outcome(of: id(fixture, start)).isApplied)
            // The first forgotten second lies 751 s back, and each new second of issue moves it by at most 64.
            for second in start + 281...start + 300 {
                #expect(try await short.outcome(of: id(fixture, second)).isApplied)
            }
            for store in [fixture.store(), short] {
                guard case .stale = try await store.outcome(of: id(fixture, start)) else {
                    Issue.record("it counts again, or is not refused")
                    return
                }
            }
            // The node with the longer time continues from there.
            #expect(try await fixture.store().outcome(of: id(fixture, start + 301)).isApplied)
            #expect(try await forgotten(fixture) == start + 300 - 122)
        }
    }

    /// Ids in any order, of clocks that jump about, sent again and again by nodes of different settings: each counts
    /// once at most, and after it has counted it is replayed or refused.
    @Test("Whatever the clocks and the order, an id counts once at most", arguments: 1...4 as ClosedRange<UInt64>)
    func neverTwice(_ seed: UInt64) async throws {
        try await withFixture { fixture in
            var random = SplitMix64(seed: seed)
            let short = RedisScoreStore(
                redis: fixture.other,
                settings: WriteSettings(
                    partitioning: fixture.partitioning, rateLimit: nil, actionMaxAge: .milliseconds(60_000),
                    actionSkew: .milliseconds(0)))
            let stores = [fixture.store(), short]
            let now = try await now(fixture)
            var counted: Set<String> = []
            var replayed = 0
            for step in 0..<600 {
                let drift = Int64(step) * 4
                let second = now - 1200 + drift + Int64.random(in: -1500...300, using: &random)
                let update = id(fixture, second - second % 60, "-\(Int.random(in: 0...1, using: &random))")
                switch try await stores[Int.random(in: 0...1, using: &random)].outcome(of: update) {
                case .applied: #expect(counted.insert(update.signature).inserted, "\(update.signature) counts twice")
                case .replayed:
                    replayed += 1
                    #expect(counted.contains(update.signature))
                case .stale: break
                case let outcome: Issue.record("\(outcome)")
                }
            }
            #expect(try await fixture.all().map(\.score) == [Int64(counted.count)])
            #expect(replayed > 10)
            // No forgotten receipts are left.
            let last = try #require(try await forgotten(fixture))
            let keys = try #require(try await fixture.redis.command("KEYS", "*:receipts:*").array).compactMap(\.string)
            let seconds = keys.compactMap { $0.split(separator: ":").last.flatMap { Int64($0) } }
            #expect(!seconds.isEmpty && seconds.allSatisfy { $0 > last })
        }
    }

    /// After a time without updates, old receipts are deleted in steps, so that no call takes long.
    @Test func afterALongPause() async throws {
        try await withFixture { fixture in
            let store = fixture.store()
            let start = try await now(fixture) - 100_000
            for second in start..<start + 300 { #expect(try await store.outcome(of: id(fixture, second)).isApplied) }
            let later = start + 20_000
            var calls: Int64 = 0
            while try await hasReceipts(fixture, start + 299) {
                let before = try #require(try await forgotten(fixture))
                #expect(try await store.outcome(of: id(fixture, later + calls)).isApplied)
                #expect(try await forgotten(fixture) == before + 64)
                // A step is taken once for each new second. Updates in between do not pay for it.
                #expect(try await store.outcome(of: id(fixture, later + calls, "-more")).isApplied)
                #expect(try await forgotten(fixture) == before + 64)
                calls += 1
                guard calls < 100 else { break }
            }
            for second in start..<start + 300 { #expect(try await hasReceipts(fixture, second) == false) }
        }
    }

    /// Receipts that a rebuild brought back, with the second up to which it did not, hold as those of the script do.
    @Test("Receipts that a rebuild brought back hold like those of the script")
    func rebuilt() async throws {
        try await withFixture { fixture in
            let start = try await now(fixture) - 100
            let keys = fixture.keys.partition
            try await fixture.redis.command("HSET", keys.receipts(issuedAt: start * 1000), "s\(start)", "- 7 1")
            try await fixture.redis.command("HSET", keys.meta, "forgotten", "\(start - 1)")
            #expect(
                try await fixture.store().outcome(of: id(fixture, start)) == .replayed(Receipt(score: 7, rank: 1)))
            guard case .stale = try await fixture.store().outcome(of: id(fixture, start - 1)) else {
                Issue.record("an id whose receipt was not brought back is taken")
                return
            }
        }
    }

    // MARK: Limits

    enum Limit: String, CaseIterable, Sendable { case rate, cooldown, velocity }

    /// After Redis' clock was ahead and was corrected, the value of a user's limit lies in the future. It is reduced to
    /// the largest value that the limit allows, even if the update is refused, and it is used up within the limit's
    /// period.
    @Test(arguments: Limit.allCases, [1, 3_600, 400 * 86_400] as [Int64])
    func aLimitOfTheFuture(_ limit: Limit, _ seconds: Int64) async throws {
        try await withFixture { fixture in
            let rate = RateLimit(count: 10, periodMilliseconds: 60_000)
            let store = fixture.store(limit: limit == .rate ? rate : nil)
            var update = fixture.update("u1", 1, "s1")
            update.limits = limit == .cooldown ? [.cooldown(seconds: 60)] : limit == .velocity ? [.velocity(rate)] : []
            #expect(try await store.outcome(of: update).isApplied)
            let name =
                switch limit {
                case .rate: fixture.keys.partition.ratePrefix + "\(fixture.board.id):u1"
                case .cooldown: "\(fixture.keys.partition.tag):cooldown:kill:u1"
                case .velocity: "\(fixture.keys.partition.tag):velocity:\(fixture.board.id):u1"
                }
            #expect(try await fixture.redis.command("EXISTS", name) == .integer(1))
            // The value that a clock that is ahead wrote, with the limit used up.
            let before = try await fixture.time()
            try await fixture.redis.command(
                "SET", name, "\(before + 60_000_000 + seconds * 1_000_000)", "PX", "\(60_000 + seconds * 1000)")
            update.signature = "s2"
            let outcome = try await store.outcome(of: update)
            switch outcome {
            case .rateLimited(let wait): #expect(limit == .rate && (1...6_000).contains(wait))
            case .actionLimited(let name, let wait): #expect(name == .cooldown && (1...60_000).contains(wait))
            case .velocityExceeded: #expect(limit == .velocity)
            default: Issue.record("\(outcome)")
            }
            let after = try await fixture.time()
            let state = try #require(try await fixture.redis.command("GET", name).int64)
            #expect((before + 60_000_000...after + 60_000_000).contains(state))
            #expect(try #require(try await fixture.redis.command("PTTL", name).int64) <= 60_000)
            // After the period the update is accepted.
            try await fixture.redis.command("SET", name, "\(state - 60_000_000)", "KEEPTTL")
            #expect(try await store.outcome(of: update).isApplied)
        }
    }
}

extension ApplyOutcome {
    var isApplied: Bool {
        if case .applied = self { true } else { false }
    }
}
