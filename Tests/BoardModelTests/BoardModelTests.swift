import Leaderboard
import Testing

/// The model by hand: small cases whose results a reader can check in the head.
struct BoardModelTests {
    private static let hour: Int64 = 3_600_000

    private var model = BoardModel()
    private var board = Board(id: "b", windows: [.all], graceSeconds: 10)

    /// Applies amounts of users one after the other, at a time.
    @discardableResult private mutating func play(
        _ plays: KeyValuePairs<String, Int64>, issuedAt: Int64 = 0, at now: Int64 = 0
    ) -> [ModelOutcome?] {
        model.put(board, emptying: false, at: 0)
        return plays.map { user, amount in
            let update = ModelUpdate(
                signature: "s\(model.receipts.count)", userID: user, amount: amount, issuedAt: issuedAt,
                targets: UpdateTargets(of: board, issuedAt: issuedAt))
            return model.apply([update], at: now)[0]
        }
    }

    private func targets(_ boards: [Board]) -> UpdateTargets {
        UpdateTargets(of: boards.map { BoardCalendar($0) }, issuedAt: 0)
    }

    private mutating func page(_ window: String = "all", at now: Int64 = 0) -> String {
        let answer = model.read(.page(limit: 100, after: nil), board, window: window, period: nil, at: now)?.answer
        return (answer?.entries ?? []).map { "\($0.entry.rank)\($0.entry.userID)\($0.entry.score)" }
            .joined(separator: " ")
    }

    private func version(_ window: String = "all") -> ClosedRange<Int64> {
        model.versions[BoardWindow(board: "b", window: window)]?.range ?? 0...0
    }

    @Test(
        "Operators, orders and ties",
        arguments: [
            (.increment, .descending, .first, "1a7 2b5 3c5"), (.increment, .descending, .last, "1a7 2c5 3b5"),
            (.increment, .ascending, .shared, "1b5 1c5 3a7"), (.increment, .ascending, .dense, "1b5 1c5 2a7"),
            (.decrement, .descending, .shared, "1b-5 1c-5 3a-7"), (.set, .descending, .first, "1b5 2c5 3a4"),
            (.set, .ascending, .dense, "1a4 2b5 2c5"), (.best, .descending, .first, "1b5 2c5 3a4"),
            (.best, .ascending, .first, "1a3 2b5 3c5"),
        ] as [(BoardRules.Operator, BoardRules.Order, BoardRules.Ties, String)])
    func rules(
        _ operation: BoardRules.Operator, _ order: BoardRules.Order, _ ties: BoardRules.Ties, _ expected: String
    ) {
        var test = self
        test.board.rules = BoardRules(operator: operation, order: order, ties: ties, allowDecrease: true)
        test.play(["a": 3, "b": 5, "a": 4, "c": 5])
        #expect(test.page() == expected)
    }

    @Test mutating func anEqualScoreKeepsItsPlace() {
        board.rules = BoardRules(operator: .best)
        play(["a": 5, "b": 5, "a": 5, "a": 4])
        #expect(page() == "1a5 2b5")
        #expect(version() == 2...2)
    }

    @Test mutating func whatIsRefusedChangesNothing() {
        board.rules = BoardRules(minScore: 0, maxScore: 10)
        let outcomes = play(["a": 6, "a": 5, "a": -1, "b": -1])
        #expect(
            outcomes.dropFirst() == [.refused([.outOfBounds]), .refused([.decreaseRefused]), .refused([.outOfBounds])])
        #expect(page() == "1a6")
        #expect(version() == 1...1)
    }

    @Test mutating func aRetryIsAnsweredAsBefore() {
        model.put(board, emptying: false, at: 0)
        let update = ModelUpdate(signature: "s", userID: "a", amount: 5, issuedAt: 0, targets: targets([board]))
        let outcomes = model.apply([update, update], at: 0)
        guard case .applied(let receipt) = outcomes[0] else { return #expect(Bool(false), "\(outcomes)") }
        #expect(outcomes[1] == .replayed(receipt))
        var other = update
        other.submittedScore = 7
        #expect(model.apply([other], at: 0) == [.refused([.actionIDReused])])
        #expect(page() == "1a5")
    }

    @Test mutating func theIssueTimeDecides() {
        board.windows = [Window(name: "hourly", kind: .hourly)]
        play(["a": 1], issuedAt: Self.hour - 1, at: Self.hour - 1)
        play(["a": 2], issuedAt: Self.hour - 1, at: Self.hour + 9_999)
        play(["a": 3], issuedAt: Self.hour, at: Self.hour + 9_999)
        #expect(page("hourly", at: Self.hour - 1) == "1a3")
        #expect(page("hourly", at: Self.hour) == "1a3")
        let late = play(["a": 9], issuedAt: Self.hour - 1, at: Self.hour + 10_000)
        #expect(late == [.refused([.sealed])])
    }

    @Test mutating func aRolloverIsOneVersion() {
        board.windows = [Window(name: "hourly", kind: .hourly)]
        play(["a": 1, "b": 1])
        #expect(version("hourly") == 2...2)
        #expect(page("hourly", at: Self.hour) == "")
        #expect(version("hourly") == 3...3)
        play(["a": 5], issuedAt: Self.hour - 1, at: Self.hour)
        #expect(version("hourly") == 3...3, "a change of the period before")
        #expect(page("hourly", at: 5 * Self.hour) == "")
        #expect(version("hourly") == 4...4, "periods in which nobody looked are no versions")
    }

    @Test mutating func sealing() {
        board.windows = [.all, Window(name: "cup", kind: .season(startsAt: 100, endsAt: 200))]
        play(["a": 1, "b": 2], issuedAt: 150, at: 150)
        play(["a": 1], issuedAt: 200, at: 205)
        #expect(model.due(at: 10_199) == [])
        let cup = Ranking(board: "b", window: "cup", period: "cup")
        #expect(model.due(at: 10_200) == [cup])
        model.seal(cup)
        #expect(model.archives[cup]?.archiveText == "1,b,2\n2,a,1\n")
        #expect(page() == "1b2 2a2")
        let late = play(["a": 1], issuedAt: 150, at: 10_200)
        guard case .applied(let receipt) = late[0] else { return #expect(Bool(false), "\(late)") }
        #expect(receipt.outcomes.map { $0.place?.score } == [3, nil])
    }

    @Test mutating func resetsAndDeletions() {
        play(["a": 1, "b": 2])
        #expect(model.delete("a", of: board, at: 0) && !model.delete("a", of: board, at: 0))
        #expect(page() == "1b2" && version() == 3...3)
        model.reset(board, windows: board.windows, at: 0)
        #expect(page() == "" && version() == 4...4)
        play(["a": 1])
        #expect(page() == "1a1")
    }

    @Test mutating func severalBoardsOrNone() {
        var other = Board(id: "c", group: "b", rules: BoardRules(operator: .decrement))
        other.rules.minScore = -5
        model.put(board, emptying: false, at: 0)
        model.put(other, emptying: false, at: 0)
        var update = ModelUpdate(signature: "1", userID: "a", amount: 6, issuedAt: 0, targets: targets([board, other]))
        #expect(model.apply([update], at: 0) == [.refused([.outOfBounds])])
        #expect(page() == "")
        update.amount = 5
        guard case .applied(let receipt) = model.apply([update], at: 0)[0] else { return #expect(Bool(false)) }
        #expect(receipt.outcomes.map { $0.place?.score } == [5, -5])
    }

    @Test mutating func anotherFormRefusesUpdatesOfTheOldOne() {
        play(["a": 1])
        let old = board
        board.rules.operator = .set
        board.generation = 1
        model.put(board, emptying: true, at: 0)
        let update = ModelUpdate(signature: "x", userID: "a", amount: 1, issuedAt: 0, targets: targets([old]))
        #expect(model.apply([update], at: 0) == [.refused([.formChanged(board: "b")])])
        #expect(page() == "")
    }

    @Test mutating func questions() {
        board.rules.ties = .shared
        play(["a": 9, "b": 7, "c": 7, "d": 5, "e": 3])
        func ask(_ question: RankingQuestion) -> ModelAnswer { model.rankings.values.first!.answer(question) }
        func users(_ question: RankingQuestion) -> String {
            ask(question).entries.map { "\($0.place)\($0.entry.userID)\($0.entry.rank)" }.joined(separator: " ")
        }
        #expect(users(.page(limit: 2, after: nil)) == "1a1 2b2")
        #expect(users(.pageFrom(offset: 3, limit: 9)) == "4d4 5e5")
        #expect(users(.around(userID: "c", limit: 3)) == "2b2 3c2 4d4")
        #expect(users(.around(userID: "c", limit: 2)) == "3c2 4d4")
        #expect(users(.around(userID: "a", limit: 3)) == "1a1 2b2 3c2")
        #expect(users(.around(userID: "e", limit: 4)) == "2b2 3c2 4d4 5e5")
        #expect(users(.around(userID: "x", limit: 4)) == "")
        #expect(users(.users(["d", "x", "b", "d"])) == "2b2 4d4")
        #expect(ask(.rank(score: 7)).rank == 2 && ask(.rank(score: 6)).rank == 4 && ask(.rank(score: 0)).rank == 6)
        #expect(users(.entry(place: 3)) == "3c2" && users(.entry(place: 6)) == "")
        let top = ask(.top(millionths: 400_001, limit: 2))
        #expect(top.rank == 3 && top.last?.entry.userID == "c" && top.entries.count == 2)
    }
}
