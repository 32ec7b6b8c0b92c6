import Basics
import Leaderboard
import Testing

/// The rules for actions that are added to the catalogue.
struct ActionTests {
    /// Two boards of one group.
    private let known = ["global": Board.global, "cup": Board(id: "cup", group: "global")]

    private func action(_ change: (inout Action) -> Void = { _ in }) -> Action {
        var action = Action(id: "kill", points: 5, boards: ["global"])
        change(&action)
        return action
    }

    private func fields(_ change: (inout Action) -> Void) -> [String] {
        action(change).problems(boards: known).map(\.field)
    }

    @Test("An action with and one without all its options is usable")
    func usable() {
        #expect(action().problems(boards: known).isEmpty)
        let full = Action(
            id: "race", points: 0, boards: ["cup", "global"], submitsScore: true, minScore: -10, maxScore: 10,
            maxPerUserPerDay: 3, cooldownSeconds: 60)
        #expect(full.problems(boards: known).isEmpty)
    }

    @Test("An id must be one", arguments: ["", "a b", "a:b", "é", String(repeating: "a", count: 65)])
    func id(_ id: String) {
        #expect(fields { $0.id = id } == ["id"])
    }

    @Test("An id of the game services is reserved", arguments: ["sys-", "sys-task"])
    func reserved(_ id: String) {
        #expect(fields { $0.id = id } == ["id"])
        #expect(fields { $0.id = "sys" } == [] && fields { $0.id = "system" } == [])
    }

    @Test("An action that can only make scores worse is refused, also if one bound is open")
    func onlyWorsens() {
        let boards = ["global": Board(id: "global", rules: BoardRules(allowDecrease: false))]
        func fields(_ least: Int64?, _ greatest: Int64?) -> [String] {
            let action = Action(
                id: "a", points: 0, boards: ["global"], submitsScore: true, minScore: least, maxScore: greatest)
            return action.problems(boards: boards).map(\.field)
        }
        #expect(fields(nil, -1) == ["max_score"] && fields(-5, -1) == ["min_score"])
        #expect(fields(nil, nil) == [] && fields(nil, 0) == [] && fields(-5, nil) == [])
    }

    @Test("Points lie within the bounds of scores")
    func points() {
        for points in [ScoreBounds.min, -1, 0, ScoreBounds.max] { #expect(fields { $0.points = points } == []) }
        for points in [ScoreBounds.min - 1, ScoreBounds.max + 1, .min, .max] {
            #expect(fields { $0.points = points } == ["points"])
        }
    }

    @Test("An action names boards that there are, each once, and at least one")
    func boards() {
        #expect(fields { $0.boards = [] } == ["boards"])
        #expect(fields { $0.boards = ["global", "global"] } == ["boards"])
        #expect(fields { $0.boards = ["global", "nowhere"] } == ["boards"])
        #expect(fields { $0.boards = ["nowhere", "nowhere"] } == ["boards", "boards"])
        #expect(fields { $0.boards = ["cup", "global"] } == [])
        #expect(action().problems(boards: [:]).map(\.field) == ["boards"])
    }

    @Test("The boards of an action are of one group, and have at most 64 windows together")
    func boardsTogether() {
        func boards(_ count: Int, windows: Int, group: (Int) -> String) -> [String: Board] {
            let windows = (0..<windows).map { Window(name: "w\($0)", kind: .daily) }
            let boards = (0..<count).map { Board(id: "b\($0)", group: group($0), windows: windows) }
            return Dictionary(uniqueKeysWithValues: boards.map { ($0.id, $0) })
        }
        func fields(_ boards: [String: Board]) -> [String] {
            action { $0.boards = boards.keys.sorted() }.problems(boards: boards).map(\.field)
        }
        #expect(fields(boards(2, windows: 1) { _ in "one" }) == [])
        #expect(fields(boards(2, windows: 1) { "group-\($0)" }) == ["boards"])
        #expect(fields(boards(16, windows: 4) { _ in "one" }) == [])
        #expect(fields(boards(13, windows: 5) { _ in "one" }) == ["boards"], "65 windows")
        #expect(fields(boards(17, windows: 1) { _ in "one" }) == ["boards"], "17 boards")
    }

    @Test("The lowest and the highest score lie within the bounds, in this order")
    func bounds() {
        #expect(fields { $0.minScore = ScoreBounds.min } == [])
        #expect(fields { $0.maxScore = ScoreBounds.max } == [])
        #expect(fields { $0.minScore = ScoreBounds.min - 1 } == ["min_score"])
        #expect(fields { $0.minScore = ScoreBounds.max + 1 } == ["min_score"])
        #expect(fields { $0.maxScore = .max } == ["max_score"])
        #expect(fields { ($0.minScore, $0.maxScore) = (7, 7) } == [])
        #expect(fields { ($0.minScore, $0.maxScore) = (8, 7) } == ["min_score"])
        #expect(fields { ($0.minScore, $0.maxScore) = (.max, .min) } == ["min_score", "max_score", "min_score"])
    }

    @Test("Daily counts and cooldowns lie within their bounds")
    func limits() {
        for count in [1, 1_000_000] { #expect(fields { $0.maxPerUserPerDay = count } == []) }
        for count in [0, -1, 1_000_001, .max] {
            #expect(fields { $0.maxPerUserPerDay = count } == ["max_per_user_per_day"])
        }
        for seconds in [1, 604_800] { #expect(fields { $0.cooldownSeconds = seconds } == []) }
        for seconds in [0, -1, 604_801, .min] {
            #expect(fields { $0.cooldownSeconds = seconds } == ["cooldown_seconds"])
        }
    }

    /// One response names every problem, each with a reason that can follow the name of the field.
    @Test func allAtOnce() {
        let problems = Action(
            id: "", points: .max, boards: [], minScore: 2, maxScore: 1, maxPerUserPerDay: 0, cooldownSeconds: 0
        ).problems(boards: known)
        #expect(
            problems.map(\.field) == [
                "id", "points", "boards", "min_score", "max_per_user_per_day", "cooldown_seconds",
            ])
        #expect(problems.allSatisfy { $0.reason.hasPrefix("must ") })
    }

    @Test("A score is accepted within the bounds of its action")
    func acceptsScores() {
        let open = action()
        #expect(open.accepts(score: ScoreBounds.min) && open.accepts(score: 0) && open.accepts(score: ScoreBounds.max))
        #expect(!open.accepts(score: ScoreBounds.min - 1) && !open.accepts(score: ScoreBounds.max + 1))
        let narrow = action { ($0.minScore, $0.maxScore) = (-3, 4) }
        for score in Int64(-10)...10 { #expect(narrow.accepts(score: score) == (-3...4).contains(score)) }
    }

    @Test func aNewCatalogueHasTheGlobalBoard() {
        let catalogue = Catalogue()
        #expect(catalogue.actions.isEmpty)
        #expect(catalogue.boards == ["global": Board(id: "global", rules: BoardRules(allowDecrease: true))])
        #expect(catalogue.revision == 0)
    }
}
