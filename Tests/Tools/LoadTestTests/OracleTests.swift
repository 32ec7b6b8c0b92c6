import LoadTest
import ScorecastClient
import Testing

/// Each proof, and the cases in which it must fail.
@Suite("The oracle")
struct OracleTests {
    private func accepted(_ user: Int, _ id: String, score: Int64, replayed: Bool = false) -> Oracle.Accepted {
        Oracle.Accepted(
            user: user, actionID: id, receipt: Receipt(newScore: score, rank: 1, replayed: replayed), at: .zero)
    }

    /// User 0 has two actions of five points, user 1 one; user 2 has none.
    private func oracle() -> Oracle {
        var oracle = Oracle(users: 3, prefix: "run-", points: 5)
        oracle.accept(accepted(0, "a", score: 5), mayBeReplay: false)
        oracle.accept(accepted(1, "b", score: 5), mayBeReplay: false)
        oracle.accept(accepted(0, "c", score: 10), mayBeReplay: false)
        return oracle
    }

    /// The names of the proofs that fail.
    private func failures(
        _ oracle: Oracle, _ scores: [Int: Int64] = [0: 10, 1: 5], _ tally: UpdateTally? = nil
    ) -> [String] {
        var usual = UpdateTally()
        (usual.sent, usual.accepted) = (3, 3)
        return oracle.proofs(scores: oracle.compare(scores), tally: tally ?? usual).filter { !$0.holds }.map(\.name)
    }

    @Test("everything holds if the board agrees with the answers to clients")
    func holds() {
        var oracle = oracle()
        oracle.replay(accepted(0, "a", score: 5), Receipt(newScore: 5, rank: 1, replayed: true))
        oracle.refuse()
        #expect(failures(oracle) == [])
        #expect(oracle.accepted == 3 && oracle.replays == 1 && oracle.refusals == 1)
    }

    @Test(
        "a point too many or too few, a user too many or too few, is a difference",
        arguments: [
            ([0: 11, 1: 5], "run-0: 10 accepted, and the board says 11"),
            ([0: 9, 1: 5], "run-0: 10 accepted, and the board says 9"),
            ([0: 10], "run-1: 5 accepted, and is not on the board"),
            ([0: 10, 1: 5, 2: 5], "run-2: 0 accepted, and the board says 5"),
            ([0: 10, 1: 5, 2: 0], "run-2: 0 accepted, and the board says 0"),
        ])
    func scores(_ scores: [Int: Int64], _ difference: String) {
        #expect(oracle().compare(scores).first == [difference])
        #expect(failures(oracle(), scores) == ["exactly_once"])
    }

    @Test("a repeat that counts again, changes its receipt or is refused, is a difference")
    func replays() {
        let first = accepted(0, "a", score: 5)
        for receipt in [
            Receipt(newScore: 5, rank: 1, replayed: false), Receipt(newScore: 10, rank: 1, replayed: true),
            Receipt(newScore: 5, rank: 2, replayed: true),
        ] {
            var oracle = oracle()
            oracle.replay(first, receipt)
            #expect(failures(oracle) == ["receipts"])
        }
        var oracle = oracle()
        oracle.replayRefused(first, "404 unknown_action")
        #expect(failures(oracle) == ["receipts"])
    }

    @Test("two receipts with one score, or a first answer that says that it is a replay, are differences")
    func receipts() {
        var same = Oracle(users: 1, prefix: "run-", points: 5)
        same.accept(accepted(0, "a", score: 10), mayBeReplay: false)
        same.accept(accepted(0, "b", score: 10), mayBeReplay: false)
        #expect(failures(same, [0: 10]) == ["receipts"])
        // The sum and the largest are those of 5, 10, 15 and 20.
        var skipping = Oracle(users: 1, prefix: "run-", points: 5)
        for (id, score) in [("a", 10), ("b", 10), ("c", 10), ("d", 20)] as [(String, Int64)] {
            skipping.accept(accepted(0, id, score: score), mayBeReplay: false)
        }
        #expect(failures(skipping, [0: 20]) == ["receipts"])
        var replayed = Oracle(users: 1, prefix: "run-", points: 5)
        replayed.accept(accepted(0, "a", score: 5, replayed: true), mayBeReplay: true)
        #expect(failures(replayed, [0: 5]) == [])
        replayed.accept(accepted(0, "b", score: 10, replayed: true), mayBeReplay: false)
        #expect(failures(replayed, [0: 10]) == ["receipts"])
    }

    @Test("a tampered action id that is not refused is a difference")
    func refusals() {
        var oracle = oracle()
        oracle.notRefused("x", "200")
        #expect(failures(oracle) == ["refusals"])
    }

    @Test("an unknown outcome fails, and may or may not have counted")
    func unknown() {
        var oracle = oracle()
        oracle.leaveUnknown(user: 1)
        #expect(failures(oracle) == ["outcomes"])
        #expect(failures(oracle, [0: 10, 1: 10]) == ["outcomes"])
        #expect(failures(oracle, [0: 10, 1: 15]) == ["exactly_once", "outcomes"])
    }

    @Test("what is repeated was accepted, and not too long ago")
    func earlier() {
        #expect(Oracle(users: 1, prefix: "run-", points: 5).earlier(draw: 3, at: .zero) == nil)
        let oracle = oracle()
        let drawn = Set((0..<9).compactMap { oracle.earlier(draw: $0, at: .seconds(10))?.actionID })
        #expect(drawn == ["a", "b", "c"])
        #expect(oracle.earlier(draw: 0, at: .seconds(301)) == nil)
    }

    @Test("of many differences all are counted, and the first few kept")
    func many() {
        let oracle = Oracle(users: 100, prefix: "run-", points: 5)
        let differences = oracle.compare(Dictionary(uniqueKeysWithValues: (0..<100).map { ($0, 5) }))
        #expect(differences.count == 100 && differences.first.count == Differences.keptMax)
        var sum = Differences()
        sum.add(differences)
        sum.add(differences)
        #expect(sum.count == 200 && sum.first == differences.first)
    }

    // MARK: Nothing to prove

    @Test("a proof that had nothing to prove fails, and says what to change")
    func vacuous() {
        #expect(failures(oracle(), [0: 10, 1: 5], UpdateTally()) == ["exactly_once", "receipts", "outcomes"])
        var tally = UpdateTally()
        (tally.sent, tally.accepted, tally.replaysSent, tally.invalidSent) = (3, 3, 2, 2)
        #expect(failures(oracle(), [0: 10, 1: 5], tally) == ["receipts", "refusals"])
        var both = oracle()
        both.replay(accepted(0, "a", score: 5), Receipt(newScore: 5, rank: 1, replayed: true))
        both.refuse()
        #expect(failures(both, [0: 10, 1: 5], tally) == [])
        let proofs = oracle().proofs(scores: Differences(), tally: UpdateTally())
        #expect(proofs[0].vacuous?.contains("let it last longer") == true)
    }

    // MARK: Leads

    /// User 0 has one action over a lead of 100, user 1 none.
    private func leading() -> Oracle {
        var oracle = Oracle(users: 2, prefix: "run-", points: 5, lead: 100)
        oracle.accept(accepted(0, "a", score: 105), mayBeReplay: false)
        return oracle
    }

    @Test(
        "over a lead all of it must be there: the lead, the points, and each user",
        arguments: [
            ([0: 105, 1: 100], []), ([0: 105, 1: 105], ["exactly_once"]), ([0: 5, 1: 100], ["exactly_once"]),
            ([0: 105], ["exactly_once"]), ([0: 104, 1: 100], ["exactly_once"]),
        ])
    func lead(_ scores: [Int: Int64], _ failed: [String]) {
        #expect(failures(leading(), scores) == failed)
    }

    @Test("receipts are steps over the lead")
    func leadReceipts() {
        var oracle = leading()
        oracle.accept(accepted(1, "b", score: 5), mayBeReplay: false)
        #expect(failures(oracle, [0: 105, 1: 105]) == ["receipts"])
    }

    // MARK: Reading the board

    private func entry(_ user: String, _ score: Int64) -> ScoreboardEntry {
        ScoreboardEntry(rank: 1, userID: user, score: score)
    }

    @Test("names are told apart by their bytes: a name that only looks like a user of the run is not one")
    func names() {
        let oracle = Oracle(users: 12, prefix: "run-\u{E9}-", points: 5)
        #expect(oracle.owner(of: "run-\u{E9}-7") == .user(7) && oracle.owner(of: "run-\u{E9}-11") == .user(11))
        // Equal as `String`, but with other bytes.
        #expect(oracle.owner(of: "run-e\u{301}-7") == .other)
        for name in ["07", "+7", "-0", "7\u{301}", "12", "", " 7", "\u{FF17}", "7 ", "99999999999999999999"] {
            #expect(oracle.owner(of: "run-\u{E9}-\(name)") == .stranger, "\(name)")
        }
        #expect(oracle.owner(of: "somebody") == .other)
    }

    @Test("a user that is there twice, and a name that no user has, are faults; others are of no concern")
    func faults() {
        var reading = BoardReading(oracle())
        let isEnough = reading.read(
            [entry("run-0", 10), entry("other", 7), entry("run-1", 5), entry("run-01", 4), entry("run-1", 3)],
            isLast: true)
        #expect(isEnough && reading.scores == [0: 10, 1: 3] && reading.entries == 5)
        #expect(
            reading.faults.first == [
                "run-01 is on the board, and never was", "run-1 is on the board twice, with 5 and 3",
            ])
    }

    /// Whether each page is enough.
    private func reads(_ oracle: Oracle, _ pages: [[ScoreboardEntry]]) -> [Bool] {
        var reading = BoardReading(oracle)
        return pages.enumerated().map { reading.read($1, isLast: $0 + 1 == pages.count) }
    }

    @Test("over a lead, what is below it is read only when somebody is missing")
    func readingEnd() {
        let both = [[entry("run-0", 105), entry("x", 100)], [entry("run-1", 100), entry("y", 99)], [entry("z", 1)]]
        #expect(reads(leading(), both) == [false, true, true])
        let one = [[entry("run-0", 105), entry("y", 99)], [entry("z", 1)]]
        #expect(reads(leading(), one) == [false, true])
        // Without a lead, users of the run can be anywhere.
        let none = [[entry("run-0", 10), entry("run-1", 5), entry("x", -1)], [entry("z", -2)]]
        #expect(reads(oracle(), none) == [false, true])
    }
}
