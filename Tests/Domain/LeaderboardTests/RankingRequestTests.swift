import Basics
import Leaderboard
import Testing

/// Which ranking a client asks for: the defaults, and what is refused in which order.
@Suite struct RankingRequestTests {
    private static let page = RankingTerms(limits: 1...1000, boardForm: "must be a board's id", isCurrentOnly: false)
    private static let room = RankingTerms(limits: 1...100, boardForm: Names.idForm, isCurrentOnly: true)
    private static let daily = Window(name: "daily", kind: .daily)
    private static let boards = ["global": Board.global, "cup": Board(id: "cup", windows: [daily, .all], top: 50)]

    private func request(_ parameters: [String: String]) -> RankingRequest { RankingRequest { parameters[$0] } }

    private func resolve(
        _ parameters: [String: String], by terms: RankingTerms = room, others: [FieldProblem] = []
    ) throws(RankingProblem) -> RankingChoice {
        try request(parameters).resolve(by: terms, others: others) { Self.boards[$0] }
    }

    @Test func hasDefaults() throws {
        #expect(request([:]) == RankingRequest())
        for terms in [Self.page, Self.room] {
            let choice = try resolve([:], by: terms)
            #expect(choice.board == .global && choice.limit == 10)
            #expect(choice.window == .all && choice.period == "current")
        }
    }

    @Test func findsABoard() throws {
        let choice = try resolve(["board": "cup", "window": "all", "limit": "100"])
        #expect(choice.board == Self.boards["cup"] && choice.limit == 100)
        #expect(choice.window == .all)
        #expect(try resolve(["board": "cup"]).window == Self.daily, "the first window")
        #expect(try resolve(["limit": "1000", "period": "all"], by: Self.page).limit == 1000)
        #expect(try resolve(["period": "previous"], by: Self.page).period == "previous")
        #expect(try resolve(["board": "cup", "period": "2026-11-20"], by: Self.page).period == "2026-11-20")
        #expect(try resolve(["period": "current"], by: Self.room).period == "current")
        #expect(try resolve(["limit": "007"]).limit == 7)
    }

    @Test(arguments: ["", "0", "101", "-1", "+5", "1.0", "1e1", " 5", "x", "٣", "99999999999999999999"])
    func refusesOtherLimits(_ limit: String) {
        #expect(throws: RankingProblem.invalid([FieldProblem(field: "limit", reason: "must be 1 to 100")])) {
            try resolve(["limit": limit])
        }
    }

    @Test func saysAllThatIsWrong() {
        let parameters = ["board": "a b", "window": "daily", "period": "x", "limit": "0"]
        let other = FieldProblem(field: "cursor", reason: "must be a cursor")
        #expect(
            throws: RankingProblem.invalid([
                FieldProblem(field: "board", reason: "must be a board's id"),
                FieldProblem(field: "limit", reason: "must be 1 to 1000"), other,
            ])
        ) { try resolve(parameters, by: Self.page, others: [other]) }
        #expect(
            throws: RankingProblem.invalid([
                FieldProblem(field: "board", reason: "must be 1 to 64 of A-Z a-z 0-9 _ -"),
                FieldProblem(field: "period", reason: "must be current"),
                FieldProblem(field: "limit", reason: "must be 1 to 100"), other,
            ])
        ) { try resolve(parameters, by: Self.room, others: [other]) }
    }

    @Test func watchersFollowTheCurrentPeriod() {
        for period in ["previous", "all", "2026-11-20", "", "Current"] {
            #expect(throws: RankingProblem.invalid([FieldProblem(field: "period", reason: "must be current")])) {
                try resolve(["board": "cup", "period": period])
            }
        }
    }

    @Test(arguments: [page, room])
    func looksForTheBoardFirst(_ terms: RankingTerms) {
        #expect(throws: RankingProblem.unknownBoard) { try resolve(["board": "nope", "window": "daily"], by: terms) }
        #expect(throws: RankingProblem.unknownWindow) { try resolve(["board": "cup", "window": "hourly"], by: terms) }
        #expect(throws: RankingProblem.unknownWindow) { try resolve(["window": "daily"], by: terms) }
        #expect(throws: RankingProblem.unknownWindow) { try resolve(["window": ""], by: terms) }
    }

    /// A malformed request is refused even if no board is known yet.
    @Test func looksForNoBoardOfAMalformedRequest() {
        #expect(throws: RankingProblem.noCatalogue) {
            try request([:]).resolve(by: Self.page) { _ throws(RankingProblem) in throw .noCatalogue }
        }
        #expect(throws: RankingProblem.invalid([FieldProblem(field: "limit", reason: "must be 1 to 1000")])) {
            try request(["limit": "x"]).resolve(by: Self.page) { _ throws(RankingProblem) in throw .noCatalogue }
        }
    }
}
