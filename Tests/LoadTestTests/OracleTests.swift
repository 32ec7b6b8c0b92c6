import LoadTest
import Testing

/// Each proof, and that it fails where it must.
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
    private func failures(_ oracle: Oracle, _ scores: [Int: Int64] = [0: 10, 1: 5]) -> [String] {
        oracle.proofs(scores: oracle.compare(scores)).filter { !$0.holds }.map(\.name)
    }

    @Test("everything holds where the board says what clients were told")
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
            ([0: 10, 1: 5, 3: 5], "run-3 is on the board, and never was"),
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
}
