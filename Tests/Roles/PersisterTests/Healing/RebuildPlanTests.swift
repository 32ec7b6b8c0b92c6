import Leaderboard
import Persister
import Testing

/// How the rankings of a partition are written again.
struct RebuildPlanTests {
    private static let hour: Int64 = 3_600_000
    /// 2026-11-27T12:00:00Z
    private static let now: Int64 = 1_795_780_800_000
    private static let midnight = now + 12 * hour

    private let board: Board

    init() throws {
        let daily = try #require(Window.fixed("daily"))
        let cup = Window(name: "cup", kind: .season(startsAt: 0, endsAt: Self.now - Self.hour))
        board = Board(id: "b", rules: BoardRules(order: .ascending, ties: .last), windows: [.all, daily, cup])
    }

    private func ranking(_ window: String, _ period: String) -> Ranking {
        Ranking(board: "b", window: window, period: period)
    }

    private func plan(_ change: (inout RebuildFacts) -> Void = { _ in }) -> RebuildPlan {
        var facts = RebuildFacts(boards: [board])
        change(&facts)
        return RebuildPlan(facts, now: Self.now)
    }

    @Test("A ranking gets the rules of its board, and the cut of its period")
    func cuts() {
        let plan = plan()
        let rows: [(ranking: Ranking, cut: Int64?)] = [
            (ranking("all", "all"), nil),
            (ranking("daily", "2026-11-27"), Self.midnight + board.graceMilliseconds),
            (ranking("cup", "cup"), Self.now - Self.hour + board.graceMilliseconds),
            // These are left from another form, and are sealed now.
            (ranking("daily", "nonsense"), Self.now), (ranking("gone", "2026-W47"), Self.now),
        ]
        for (ranking, cut) in rows {
            let expected = RebuiltRanking(ranking: ranking, order: .ascending, ties: .last, cut: cut)
            #expect(plan.ranking(ranking) == expected)
        }
        #expect(plan.ranking(Ranking(board: "other")) == nil)
    }

    @Test("A sealed ranking has the rules of that time, and is due")
    func sealed() {
        let today = ranking("daily", "2026-11-27")
        let plan = plan {
            $0.unarchived = [SealedRanking(ranking: today, seq: 7, order: .descending, ties: .dense)]
            $0.archivedSeasons = [SealedRanking(ranking: ranking("cup", "cup"), seq: 3, order: nil, ties: nil)]
            $0.lastEnds = [
                BoardWindow(board: "b", window: "daily"): Self.midnight - 24 * Self.hour,
                BoardWindow(board: "b", window: "cup"): Self.now, BoardWindow(board: "b", window: "gone"): 5,
            ]
        }
        #expect(
            plan.ranking(today)
                == RebuiltRanking(ranking: today, order: .descending, ties: .dense, cut: Self.now))
        #expect(plan.seals == [today: 7, ranking("cup", "cup"): 0])
        #expect(
            plan.lastEnds == [
                BoardWindow(board: "b", window: "daily"): Self.midnight,
                BoardWindow(board: "b", window: "cup"): Self.now,
            ])
    }

    @Test("A refused score replaces an older one, and is added if there is none")
    func refused() {
        func standing(_ user: String, _ score: Int64, at seq: Int64) -> Standing {
            Standing(ranking: ranking("all", "all"), userID: user, score: score, reachedSeq: seq, updatedAt: 0)
        }
        let plan = plan {
            $0.refusedStandings = [
                standing("a", 1, at: 3), standing("a", 2, at: 4), standing("b", 5, at: 5), standing("c", 9, at: 9),
            ]
        }
        let held = [standing("a", 0, at: 1), standing("b", 6, at: 6), standing("x", 1, at: 2)]
        #expect(plan.corrected(held) == [standing("a", 2, at: 4), standing("b", 6, at: 6), standing("x", 1, at: 2)])
        #expect(plan.added(except: Set(plan.withRefused(held))) == [standing("c", 9, at: 9)])
    }

    @Test("Receipts are looked for as far back as either clock still needs them", arguments: [-5, 0, 5] as [Int64])
    func receipts(_ differenceSeconds: Int64) {
        let first = RebuildPlan.firstReceiptSecond(
            storeTime: Self.now + differenceSeconds * 1000, nodeTime: Self.now, lifetimeMilliseconds: 750_001)
        #expect(first == Self.now / 1000 + min(0, differenceSeconds) - 751)
    }
}
