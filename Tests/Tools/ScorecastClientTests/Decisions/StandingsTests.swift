import ScorecastClient
import Testing

@Suite struct StandingsTests {
    private func state(_ epoch: String, _ version: Int64, _ users: [String] = ["a", "b"]) -> ScoreboardState {
        ScoreboardState(
            board: "global", window: "all", period: "all", epoch: epoch, version: version, at: version,
            entries: users.enumerated().map { place, user in
                ScoreboardEntry(rank: Int64(place) + 1, userID: user, score: Int64(100 - place))
            })
    }

    private func delta(
        _ epoch: String, from: Int64, to version: Int64, _ changes: [ScoreboardDelta.Change] = []
    ) -> ScoreboardDelta {
        ScoreboardDelta(epoch: epoch, from: from, version: version, at: version, changes: changes)
    }

    @Test func versionsGrowWithinAnEpoch() {
        var standings = Standings()
        #expect(standings.take(state("e", 5)) == .changed(state("e", 5)))
        #expect(standings.take(state("e", 5)) == .notNewer)
        #expect(standings.take(state("e", 4)) == .notNewer)
        #expect(standings.take(state("f", 1)) == .changed(state("f", 1)))
        // A node that still has the old history: within it, the version may not go back either.
        #expect(standings.take(state("e", 4)) == .notNewer)
        #expect(standings.take(state("e", 6)) == .changed(state("e", 6)))
        #expect(standings.take(state("f", 1)) == .changed(state("f", 1)))
    }

    @Test func deltasGoOnFromANodeThatLags() {
        var standings = Standings()
        _ = standings.take(state("e", 10))
        #expect(standings.take(state("e", 8)) == .notNewer)
        #expect(standings.resumePoint == "e:8")
        #expect(standings.take(delta("e", from: 8, to: 10)) == .notNewer)
        let change = ScoreboardDelta.Change(.score, userID: "a", rank: 1, score: 777)
        guard case .changed(let shown) = standings.take(delta("e", from: 10, to: 13, [change])) else {
            Issue.record("not shown")
            return
        }
        #expect(shown.version == 13 && shown.at == 13 && shown.entries.first?.score == 777)
    }

    @Test(
        arguments: [
            ("e", 4, 6, []), ("f", 5, 6, []), ("e", 5, 5, []), ("e", 6, 7, []),
            ("e", 5, 6, [.init(.leave, userID: "a", rank: 2, score: 0)]),
            ("e", 5, 6, [.init(.leave, userID: "x", rank: 1, score: 0)]),
            ("e", 5, 6, [.init(.enter, userID: "a", rank: 1, score: 0)]),
            ("e", 5, 6, [.init(.enter, userID: "x", rank: 4, score: 0)]),
            ("e", 5, 6, [.init(.enter, userID: "x", rank: 0, score: 0)]),
            ("e", 5, 6, [.init(.enter, userID: "x", rank: .max, score: 0)]),
            ("e", 5, 6, [.init(.move, userID: "x", rank: 1, score: 0)]),
            ("e", 5, 6, [.init(.move, userID: "a", rank: 3, score: 0)]),
            ("e", 5, 6, [.init(.score, userID: "a", rank: 2, score: 0)]),
        ] as [(String, Int64, Int64, [ScoreboardDelta.Change])])
    func whatDoesNotFitIsAMisfit(epoch: String, from: Int64, version: Int64, changes: [ScoreboardDelta.Change]) {
        var standings = Standings()
        _ = standings.take(state("e", 5))
        #expect(standings.take(delta(epoch, from: from, to: version, changes)) == .misfit)
        #expect(standings.resumePoint == nil)
        // The shown version is still remembered.
        #expect(standings.take(state("e", 4)) == .notNewer)
        #expect(standings.take(state("e", 6)) == .changed(state("e", 6)))
    }

    @Test func aDeltaBeforeAnyStateOrStepsOnSharedRanksAreMisfits() {
        var standings = Standings()
        #expect(standings.take(delta("e", from: 0, to: 1)) == .misfit)
        var shared = state("e", 1)
        shared.entries[1].rank = 1
        #expect(standings.take(shared) == .changed(shared))
        let step = ScoreboardDelta.Change(.score, userID: "a", rank: 1, score: 7)
        #expect(standings.take(delta("e", from: 1, to: 2, [step])) == .misfit)
    }

    @Test("Changes by user lead to a list with shared ranks, in any order")
    func changesByUser() {
        var standings = Standings()
        _ = standings.take(state("e", 1, ["a", "b", "c"]))
        let changes: [ScoreboardDelta.Change] = [
            .init(.move, userID: "a", rank: 2, score: 100, position: 2),
            .init(.leave, userID: "b", rank: 2, score: 99, position: 2),
            .init(.enter, userID: "d", rank: 2, score: 100, position: 3),
            .init(.move, userID: "c", rank: 1, score: 200, position: 1),
        ]
        guard case .changed(let shown) = standings.take(delta("e", from: 1, to: 2, changes)) else {
            Issue.record("not shown")
            return
        }
        #expect(shown.entries.map(\.userID) == ["c", "a", "d"])
        #expect(shown.entries.map(\.rank) == [1, 2, 2] && shown.entries.map(\.score) == [200, 100, 100])
        #expect(standings.take(delta("e", from: 2, to: 3)) != .misfit, "no change within the limit")
    }

    @Test(
        "Changes by user that do not fit are misfits",
        arguments: [
            [.init(.enter, userID: "a", rank: 1, score: 1, position: 3)],
            [.init(.enter, userID: "x", rank: 1, score: 1, position: 4)],
            [.init(.enter, userID: "x", rank: 1, score: 1, position: 2)],
            [.init(.enter, userID: "x", rank: 1, score: 1, position: .max)],
            [.init(.enter, userID: "x", rank: 1, score: 1, position: 0)],
            [.init(.leave, userID: "x", rank: 1, score: 1, position: 1)],
            [.init(.leave, userID: "a", rank: 1, score: 1, position: 2)],
            [.init(.leave, userID: "a", rank: 1, score: 1, position: 1)],
            [.init(.move, userID: "x", rank: 1, score: 1, position: 1)],
            [.init(.move, userID: "a", rank: 1, score: 1, position: 2)],
            [.init(.score, userID: "a", rank: 1, score: 1, position: 2)],
            [
                .init(.score, userID: "a", rank: 1, score: 1, position: 1),
                .init(.score, userID: "a", rank: 1, score: 2, position: 1),
            ],
            [
                .init(.score, userID: "a", rank: 1, score: 1, position: 1),
                .init(.score, userID: "b", rank: 2, score: 1),
            ],
        ] as [[ScoreboardDelta.Change]])
    func changesByUserThatDoNotFit(changes: [ScoreboardDelta.Change]) {
        var standings = Standings()
        _ = standings.take(state("e", 5))
        #expect(standings.take(delta("e", from: 5, to: 6, changes)) == .misfit)
    }

    @Test("A snapshot of a new period replaces the state, and a delta of another period does not fit")
    func periods() {
        func day(_ period: String, _ version: Int64, _ users: [String] = []) -> ScoreboardState {
            var day = state("e", version, users)
            (day.window, day.period) = ("daily", period)
            return day
        }
        var standings = Standings()
        _ = standings.take(day("2026-11-20", 7, ["a"]))
        #expect(standings.take(day("2026-11-21", 8)) == .changed(day("2026-11-21", 8)))
        #expect(standings.take(day("2026-11-20", 7, ["a"])) == .notNewer)
        _ = standings.take(day("2026-11-21", 8))
        var next = delta("e", from: 8, to: 9, [.init(.enter, userID: "b", rank: 1, score: 100)])
        next.period = "2026-11-21"
        #expect(
            standings.take(next)
                == .changed(
                    {
                        var state = day("2026-11-21", 9, ["b"])
                        state.at = 9
                        return state
                    }()))
        next = delta("e", from: 9, to: 10)
        next.period = "2026-11-20"
        #expect(standings.take(next) == .misfit)
    }

    /// As `String` these two are equal; users are compared by bytes.
    @Test func idsAreToldApartByBytes() {
        var standings = Standings()
        _ = standings.take(state("e", 1, ["\u{E9}", "b"]))
        let enter = ScoreboardDelta.Change(.enter, userID: "e\u{301}", rank: 2, score: 1)
        guard case .changed(let shown) = standings.take(delta("e", from: 1, to: 2, [enter])) else {
            Issue.record("not shown")
            return
        }
        #expect(shown.entries.map { Array($0.userID.utf8).count } == [2, 3, 1])
        #expect(shown.entries.map(\.rank) == [1, 2, 3])
    }

    @Test func fewEpochsAreRemembered() {
        var standings = Standings()
        for number in 0..<1000 {
            #expect(standings.take(state("e\(number)", 1)) == .changed(state("e\(number)", 1)))
        }
        #expect(standings.take(state("e993", 0)) == .notNewer)
        #expect(standings.take(state("e0", 0)) == .changed(state("e0", 0)))
    }
}
