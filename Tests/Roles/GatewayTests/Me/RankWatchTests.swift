import Gateway
import Leaderboard
import Players
import Testing

/// What a user is told of its own rank, and when.
@Suite struct RankWatchTests {
    private static func place(_ score: Int64, _ tie: String, _ user: String) -> LeaderboardCursor {
        LeaderboardCursor(score: score, member: tie + user)
    }

    private static func place(_ score: Int64, _ user: String) -> LeaderboardCursor {
        place(score, "5000000000000000", user)
    }

    private static func reading(_ rank: Int64, _ score: Int64, period: String = "all") -> RankWatch.Reading {
        let entry = LeaderboardEntry(rank: rank, userID: "me", score: score)
        return RankWatch.Reading(
            period: period, total: 9,
            entry: PlacedEntry(entry: entry, place: rank, better: rank - 1, after: place(score, "me")))
    }

    private static func rank(_ rank: Int64, _ score: Int64, period: String = "all") -> RankWatch.Message {
        .rank(RankWatch.Standing(period: period, rank: rank, score: score, total: 9))
    }

    /// A watch whose first read has found rank 2 with 100 points.
    private static func begun() -> RankWatch {
        var watch = RankWatch(userID: "me")
        _ = watch.endRead(watch.beginRead(), reading(2, 100), at: 0)
        return watch
    }

    private static func move(_ user: String, from before: Int64?, to after: Int64) -> ScoreMove {
        ScoreMove(userID: user, before: before.map { place($0, user) }, after: place(after, user))
    }

    @Test("The first read is silent; a move of one's own is told at once")
    func ownMoves() {
        var watch = RankWatch(userID: "me")
        #expect(watch.isDue(at: 0))
        let first = watch.beginRead()
        let told1 = watch.endRead(first, Self.reading(2, 100), at: 0)
        #expect(told1.isEmpty)
        #expect(!watch.isDue(at: 0))
        for score: Int64 in 101...103 {
            watch.take(Self.move("me", from: score - 1, to: score), period: "all", rules: BoardRules())
            #expect(watch.isDue(at: 1))
            let mark = watch.beginRead()
            let told2 = watch.endRead(mark, Self.reading(2, score), at: 1)
            #expect(told2 == [Self.rank(2, score)])
        }
        // A move that comes during a read is read once more.
        watch.take(Self.move("me", from: 103, to: 104), period: "all", rules: BoardRules())
        let mark = watch.beginRead()
        watch.take(Self.move("me", from: 104, to: 105), period: "all", rules: BoardRules())
        let told3 = watch.endRead(mark, Self.reading(2, 105), at: 2)
        #expect(told3 == [Self.rank(2, 105)])
        #expect(watch.isDue(at: 2))
        let told4 = watch.endRead(watch.beginRead(), Self.reading(2, 105), at: 2)
        #expect(told4.isEmpty, "it knows that already")
    }

    @Test("Moves of others are told at most every 5 s, and only if they change the rank")
    func othersMoves() {
        var watch = Self.begun()
        let rules = BoardRules()
        watch.take(Self.move("below", from: 10, to: 20), period: "all", rules: rules)
        watch.take(Self.move("above", from: 200, to: 300), period: "all", rules: rules)
        watch.take(Self.move("new", from: nil, to: 5), period: "all", rules: rules)
        #expect(!watch.isDue(at: 0))
        watch.take(Self.move("falls", from: 200, to: 50), period: "all", rules: rules)
        #expect(watch.isDue(at: 0))
        let told5 = watch.endRead(watch.beginRead(), Self.reading(1, 100), at: 0)
        #expect(told5 == [Self.rank(1, 100)])
        watch.take(Self.move("x", from: 300, to: 50), period: "all", rules: rules)
        #expect(!watch.isDue(at: 4999) && watch.isDue(at: 5000))
    }

    @Test("Who passed is told at most once a second, the latest")
    func passed() {
        var watch = Self.begun()
        let rules = BoardRules()
        watch.take(Self.move("a", from: 10, to: 101), period: "all", rules: rules)
        let messages = watch.endRead(watch.beginRead(), Self.reading(3, 100), at: 10)
        #expect(messages == [Self.rank(3, 100), .passed(by: ByteExact("a"), rank: 3)])
        watch.take(Self.move("b", from: 10, to: 102), period: "all", rules: rules)
        watch.take(Self.move("c", from: nil, to: 103), period: "all", rules: rules)
        watch.take(Self.move("a", from: 101, to: 104), period: "all", rules: rules)
        #expect(!watch.isDue(at: 1009) && watch.isDue(at: 1010))
        let later = watch.endRead(watch.beginRead(), Self.reading(5, 100), at: 1010)
        #expect(later == [.passed(by: ByteExact("c"), rank: 5)], "the rank follows after 5 s")
        #expect(watch.isDue(at: 5010))
        let told6 = watch.endRead(watch.beginRead(), Self.reading(5, 100), at: 5010)
        #expect(told6 == [Self.rank(5, 100)])
    }

    @Test("Ties and order decide who is above")
    func ties() {
        let better = Self.place(100, "6000000000000000", "x")
        let worse = Self.place(100, "4000000000000000", "x")
        let rows: [(BoardRules, LeaderboardCursor, passes: Bool)] = [
            (BoardRules(ties: .first), better, true), (BoardRules(ties: .first), worse, false),
            (BoardRules(ties: .last), better, true), (BoardRules(ties: .shared), better, false),
            (BoardRules(ties: .dense), better, false),
            (BoardRules(order: .ascending), Self.place(99, "x"), true),
            (BoardRules(order: .ascending), Self.place(101, "x"), false),
            (BoardRules(order: .ascending, ties: .shared), Self.place(99, "x"), true),
        ]
        for (rules, after, passes) in rows {
            var watch = Self.begun()
            watch.take(ScoreMove(userID: "x", before: nil, after: after), period: "all", rules: rules)
            let messages = watch.endRead(watch.beginRead(), Self.reading(3, 100), at: 0)
            #expect(messages.contains(.passed(by: ByteExact("x"), rank: 3)) == passes, "\(rules) \(after)")
        }
    }

    @Test("A new period is read, and told if the user has a score in it")
    func rollover() {
        var watch = Self.begun()
        watch.take(period: "all")
        #expect(!watch.isDue(at: 0))
        watch.take(period: "2026-11-28")
        #expect(watch.isDue(at: 0))
        let empty = RankWatch.Reading(period: "2026-11-28", total: 0, entry: nil)
        let told7 = watch.endRead(watch.beginRead(), empty, at: 0)
        #expect(told7.isEmpty)
        watch.take(Self.move("other", from: nil, to: 500), period: "2026-11-28", rules: BoardRules())
        #expect(!watch.isDue(at: 0), "nobody passes a user without a score")
        watch.take(Self.move("me", from: nil, to: 7), period: "2026-11-28", rules: BoardRules())
        let reading = Self.reading(2, 7, period: "2026-11-28")
        let told8 = watch.endRead(watch.beginRead(), reading, at: 1)
        #expect(told8 == [Self.rank(2, 7, period: "2026-11-28")])
    }

    @Test("A read that fails is repeated after a second")
    func failure() {
        var watch = RankWatch(userID: "me")
        watch.failRead(watch.beginRead(), at: 0)
        #expect(!watch.isDue(at: 999) && watch.isDue(at: 1000))
    }
}
