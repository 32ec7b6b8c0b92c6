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
            #expect(
                fields[1] == "1\n\(fixture.board.id)\nall\nall\nü 1\nkill\nnonce-sig\nsig\n-5\n-7\n1790000000000")
            let outcome = fields[3].split(separator: " ")
            #expect(outcome.prefix(2) == ["-5", "1"])
            let appliedAt = try #require(outcome.last.flatMap { Int64($0) })
            #expect((earliest...latest).contains(appliedAt))
        }
    }

    private let update = ScoreUpdate(
        board: .global, ranking: Ranking(board: "global", window: "daily", period: "2026-11-20"), userID: "u1",
        amount: ScoreBounds.min, submittedScore: nil, action: "kill", nonce: "nonce0001", signature: "sig",
        issuedAt: 1_790_000_000_000)

    @Test("Every event is decoded as it was encoded")
    func roundTrip() {
        for submitted in [nil, 0, -1, ScoreBounds.max] as [Int64?] {
            for user in ["u1", "e\u{301}", "\u{301}", "a b", "-", "👩🏽‍🚀"] {
                var update = update
                (update.submittedScore, update.userID) = (submitted, user)
                let event = LedgerEventCodec.decode(
                    seq: 1_234_567_890_123_456, event: LedgerEventCodec.event(of: update),
                    outcome: "-9007199254740991 17 1790000000001")
                #expect(
                    event
                        == LedgerEvent(
                            seq: 1_234_567_890_123_456, ranking: update.ranking, userID: user, action: "kill",
                            nonce: "nonce0001", signature: "sig", points: ScoreBounds.min, submittedScore: submitted,
                            score: ScoreBounds.min, rank: 17, issuedAt: 1_790_000_000_000, appliedAt: 1_790_000_000_001)
                )
                #expect(event.map { Array($0.userID.utf8) } == Array(user.utf8))
            }
        }
    }

    @Test(
        arguments: [
            ("", nil), ("1", nil), ("2\ng\nall\nall\nu\na\nn\ns\n1\n-\n2", nil),
            ("1\ng\nall\nall\nu\na\nn\ns\n1\n-", nil), ("1\ng\nall\nall\nu\na\nn\ns\n1\n-\n2\n3", nil),
            ("1\ng\nall\nall\nu\na\nn\ns\nx\n-\n2", nil), ("1\ng\nall\nall\nu\na\nn\ns\n1\nx\n2", nil),
            ("1\ng\nall\nall\nu\na\nn\ns\n1\n-\nx", nil), ("1\ng\nall\nall\nu\na\nn\ns\n1.5\n-\n2", nil),
            (nil, ""), (nil, "1 2"), (nil, "1 2 3 4"), (nil, "1e+15 2 3"), (nil, "1 x 3"),
        ] as [(String?, String?)])
    func otherForms(_ event: String?, _ outcome: String?) {
        let good = "1\ng\nall\nall\nu\na\nn\ns\n1\n-\n2"
        #expect(LedgerEventCodec.decode(seq: 1, event: good, outcome: "1 2 3") != nil)
        #expect(LedgerEventCodec.decode(seq: 1, event: event ?? good, outcome: outcome ?? "1 2 3") == nil)
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
