import Leaderboard
import RedisClient
import Storage
import Testing

/// The format of an outbox entry, which may be read weeks later and by other versions.
@Suite(.timeLimit(.minutes(1)))
struct OutboxEntryTests {
    @Test("An entry holds each field of its update")
    func inRedis() async throws {
        try await withFixture { fixture in
            let earliest = try await fixture.time() / 1000
            let update = fixture.update("ü 1", -5, "sig", submitted: -7)
            _ = try await fixture.store().outcome(of: update)
            let latest = try await fixture.time() / 1000
            let stream = try #require(
                try await fixture.redis.command("XRANGE", fixture.keys.partition.outbox, "-", "+").array)
            let entry = try #require(stream.first?.array)
            #expect(stream.count == 1)
            #expect(entry[0].string == "1-0")
            let fields = try #require(entry[1].array).compactMap(\.string)
            #expect(fields.count == 4)
            #expect(fields[0] == "e" && fields[2] == "o")
            #expect(fields[1] == "2\nü 1\nkill\nnonce-sig\nsig\n-5\n-7\n1790000000000")
            let outcome = fields[3].split(separator: "\n")
            #expect(outcome.dropFirst() == ["\(fixture.board.id) all all -5 1 1"])
            let appliedAt = try #require(outcome.first.flatMap { Int64($0) })
            #expect((earliest...latest).contains(appliedAt))
        }
    }

    private func decoded(seq: Int64, event: String, outcome: String) -> LedgerEvent? {
        LedgerEventCodec.decode(seq: seq, event: Array(event.utf8), outcome: Array(outcome.utf8))
    }

    private let update = ScoreUpdate(
        targets: UpdateTargets(of: .global, issuedAt: 1_790_000_000_000), userID: "u1", amount: ScoreBounds.min,
        submittedScore: nil, action: "kill", nonce: "nonce0001", signature: "sig", issuedAt: 1_790_000_000_000)
    private let daily = Ranking(board: "global", window: "daily", period: "2026-11-20")
    private let shift = Ranking(board: "cup", window: "shift", period: "2026-11-20T22:00")

    @Test("Every event is decoded as it was encoded")
    func roundTrip() {
        for submitted in [nil, 0, -1, ScoreBounds.max] as [Int64?] {
            for user in ["u1", "e\u{301}", "\u{301}", "a b", "-", "👩🏽‍🚀"] {
                var update = update
                (update.submittedScore, update.userID) = (submitted, user)
                let event = decoded(
                    seq: 1_234_567_890_123_456, event: LedgerEventCodec.event(of: update),
                    outcome: "1790000000001\nglobal daily 2026-11-20 -9007199254740991 17 1\n"
                        + "global all all 5 1 0\ncup shift 2026-11-20T22:00")
                let all = RankingOutcome.Place(score: 5, rank: 1, isChanged: false)
                #expect(
                    event
                        == LedgerEvent(
                            seq: 1_234_567_890_123_456, userID: user, action: "kill", nonce: "nonce0001",
                            signature: "sig", points: ScoreBounds.min, submittedScore: submitted,
                            issuedAt: 1_790_000_000_000, appliedAt: 1_790_000_000_001,
                            outcomes: [
                                RankingOutcome(
                                    ranking: daily,
                                    place: RankingOutcome.Place(score: ScoreBounds.min, rank: 17, isChanged: true)),
                                RankingOutcome(ranking: Ranking(board: "global"), place: all),
                                RankingOutcome(ranking: shift, place: nil),
                            ]))
                #expect(event.map { Array($0.userID.utf8) } == Array(user.utf8))
            }
        }
    }

    @Test("Acts of administrators and the calendar are decoded as they were encoded")
    func acts() {
        for (kind, user) in [(.reset, nil), (.delete, "reset"), (.seal, nil)] as [(LedgerEvent.Kind, String?)] {
            let facts = kind == .seal ? SealFacts(version: 7, order: .ascending, ties: .dense) : nil
            let text =
                LedgerEventCodec.event(kind, userID: user, signature: "admin.1")
                + (kind == .seal ? "\n7 asc dense" : "")
            let lines = kind == .delete ? "cup shift 2026-11-20T22:00 -3 2 1" : "cup shift 2026-11-20T22:00"
            let place = RankingOutcome.Place(score: -3, rank: 2, isChanged: true)
            #expect(
                decoded(seq: 7, event: text, outcome: "1790000000001\n\(lines)")
                    == LedgerEvent(
                        kind: kind, seq: 7, userID: user ?? "", signature: "admin.1", issuedAt: 1_790_000_000_001,
                        appliedAt: 1_790_000_000_001,
                        outcomes: [RankingOutcome(ranking: shift, place: kind == .delete ? place : nil)], seal: facts))
        }
        for text in [
            "act", "act\nupdate\n\ns", "act\nreset\n", "act\nreset\n\ns\nx", "act\nreset\n\ns x\n", "act\nseal\n\ns",
            "act\nseal\n\ns\n1 up dense",
        ] {
            #expect(decoded(seq: 7, event: text, outcome: "1\na b c") == nil, "\(text)")
        }
        #expect(decoded(seq: 7, event: "act\nreset\n\ns", outcome: "1\na b") == nil)
    }

    @Test(
        arguments: [
            ("2", nil), ("2\nu\na\nn\ns\n1\n-", nil), ("2\nu\na\nn\ns\n1\n-\n2\n3", nil),
            ("2\nu\na\nn\ns\nx\n-\n2", nil), ("2\nu\na\nn\ns\n1\nx\n2", nil), ("2\nu\na\nn\ns\n1\n-\nx", nil),
            ("3\nu\na\nn\ns\n1\n-\n2", nil), (nil, ""), (nil, "1"), (nil, "x\nb w p 1 2 1"), (nil, "1\nb w"),
            (nil, "1\nb w p 1"), (nil, "1\nb w p 1 2"), (nil, "1\nb w p x 2 1"), (nil, "1\nb w p 1 x 1"),
            (nil, "1\nb w p 1e+15 2 1"), (nil, "1\nb w p 1 2 1 3"),
        ] as [(String?, String?)])
    func malformed(_ event: String?, _ outcome: String?) {
        let (good, done) = ("2\nu\na\nn\ns\n1\n-\n2", "1\nb w p 1 2 1")
        #expect(decoded(seq: 1, event: good, outcome: done) != nil)
        #expect(decoded(seq: 1, event: event ?? good, outcome: outcome ?? done) == nil)
    }

    @Test(
        "The form of the version before is still read",
        arguments: [
            ("", nil), ("1", nil), ("2\ng\nall\nall\nu\na\nn\ns\n1\n-\n2", nil),
            ("1\ng\nall\nall\nu\na\nn\ns\n1\n-", nil), ("1\ng\nall\nall\nu\na\nn\ns\n1\n-\n2\n3", nil),
            ("1\ng\nall\nall\nu\na\nn\ns\nx\n-\n2", nil), ("1\ng\nall\nall\nu\na\nn\ns\n1\nx\n2", nil),
            ("1\ng\nall\nall\nu\na\nn\ns\n1\n-\nx", nil), ("1\ng\nall\nall\nu\na\nn\ns\n1.5\n-\n2", nil),
            (nil, ""), (nil, "1 2"), (nil, "1 2 3 4"), (nil, "1e+15 2 3"), (nil, "1 x 3"),
        ] as [(String?, String?)])
    func otherForms(_ event: String?, _ outcome: String?) {
        let good = "1\ng\nall\nall\nu\na\nn\ns\n1\n-\n2"
        #expect(decoded(seq: 1, event: good, outcome: "1 2 3") != nil)
        #expect(decoded(seq: 1, event: event ?? good, outcome: outcome ?? "1 2 3") == nil)
    }

    @Test("A published top is decoded, and a malformed one is not")
    func publishedTops() {
        #expect(
            TopCodec.decodePublished("e1\n5\n1790000000000\n2026-W47", rules: BoardRules())
                == Top(epoch: "e1", version: 5, at: 1_790_000_000_000, period: "2026-W47", entries: []))
        let text = "e1\n5\n17\nall\n9007199254740990u1\n9007199254740991\n9007199254740989\u{301}x\n-9007199254740991"
        let top = TopCodec.decodePublished(text, rules: BoardRules())
        let upsideDown = TopCodec.decodePublished(text, rules: BoardRules(order: .ascending))
        #expect(upsideDown?.entries.map(\.score) == [ScoreBounds.min, ScoreBounds.max])
        #expect(top?.entries.map(\.score) == [ScoreBounds.max, ScoreBounds.min])
        #expect(top?.entries.map { Array($0.userID.utf8) } == [Array("u1".utf8), Array("\u{301}x".utf8)])
        #expect(top?.entries.map(\.rank) == [1, 2])
        for text in [
            "", "e1", "e1\n5", "e1\n5\n17", "e1\nx\n17\nall", "e1\n5\n17\n", "e1\n5\n17\nall\n9007199254740990u1",
            "e1\n5\n17\nall\n9007199254740990\n1", "e1\n5\n17\nall\n9007199254740990u1\n1.5",
            "e1\n5\n17\nall\n9007199254740990u1\n1e+15",
        ] {
            #expect(TopCodec.decodePublished(text, rules: BoardRules()) == nil, "\(text)")
        }
    }
}
