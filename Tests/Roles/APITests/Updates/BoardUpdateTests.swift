import API
import Leaderboard
import TestSupport
import Testing

/// Updates of boards: their answers, and the tries of an update while its board changes.
@Suite(.timeLimit(.minutes(1)))
struct BoardUpdateTests {
    private static let kill = Action(id: "kill", points: 5, boards: ["b"])
    private static let success =
        #"{"status":"success","message":"Score updated successfully","success":true,"new_score":"#

    private static func outcome(
        _ board: String, _ window: String, _ score: Int64?, isChanged: Bool = true
    ) -> RankingOutcome {
        RankingOutcome(
            ranking: Ranking(board: board, window: window, period: "p"),
            place: score.map { .init(score: $0, rank: 2, isChanged: isChanged) })
    }

    private static func answer(_ receipt: Receipt, replayed: Bool = false) async throws -> String {
        let stores = FakeStores(boards: [Board(id: "b")], actions: [kill], now: TestAPI.now)
        stores.change { $0.outcomes = [replayed ? .replayed(receipt) : .applied(receipt)] }
        return try await TestAPI(stores).update().body
    }

    @Test("The outcome on a single ranking is at the top level only")
    func oneRanking() async throws {
        #expect(
            try await Self.answer(Receipt(score: 7, rank: 2))
                == Self.success + #"7,"rank":2,"board":"b","replayed":false}"#)
        #expect(
            try await Self.answer(
                Receipt(score: 7, rank: 2, rankings: [Self.outcome("b", "all", 7, isChanged: false)]), replayed: true)
                == Self.success + #"7,"rank":2,"board":"b","replayed":true,"improved":false}"#)
    }

    @Test("Several rankings are listed, and sealed ones apart from them")
    func severalRankings() async throws {
        let receipt = Receipt(
            score: 7, rank: 2, board: "c",
            rankings: [
                Self.outcome("b", "all", nil), Self.outcome("c", "all", 7),
                Self.outcome("c", "day", 9, isChanged: false),
            ])
        for replayed in [false, true] {
            #expect(
                try await Self.answer(receipt, replayed: replayed)
                    == Self.success + #"7,"rank":2,"board":"c","replayed":\#(replayed),"boards":["#
                    + #"{"board":"c","window":"all","period":"p","score":7,"rank":2,"improved":true},"#
                    + #"{"board":"c","window":"day","period":"p","score":9,"rank":2,"improved":false}],"#
                    + #""sealed":[{"board":"b","window":"all","period":"p"}]}"#)
        }
    }

    @Test("An action outside of all seasons is refused if it has no receipt")
    func noSeason() async throws {
        let season = Window(name: "cup", kind: .season(startsAt: 0, endsAt: 1000))
        let stores = FakeStores(boards: [Board(id: "b", windows: [season])], actions: [Self.kill], now: TestAPI.now)
        let api = try await TestAPI(stores)
        #expect(try await api.update().outcome == "409 period_sealed")
        #expect(stores.value { $0.receiptQuestions } == 1 && stores.value { $0.updates.isEmpty })
        stores.change { $0.found = FoundReceipt(receipt: Receipt(score: 3, rank: 1, board: "b"), partition: 0) }
        #expect(try await api.update().body == Self.success + #"3,"rank":1,"board":"b","replayed":true}"#)
    }

    @Test("A node whose catalogue lags loads it, and prepares the update again")
    func lagging() async throws {
        let stores = FakeStores(boards: [Board(id: "b")], actions: [Self.kill], now: TestAPI.now)
        let api = try await TestAPI(stores)
        #expect(try await api.update().status == 200)
        stores.change { state in
            state.catalogue.boards["b"] = Board(id: "b", rules: BoardRules(operator: .set), generation: 9)
            state.catalogue.revision += 1
            state.stamps["b"] = 9
        }
        #expect(try await api.update(nonce: "nonce0002").status == 200)
        #expect(stores.value { $0.updates.map(\.board.generation) } == [0, 0, 9])
        #expect(stores.value { $0.log } == ["reload"])
    }

    @Test("An update waits for a change that is stored a moment later")
    func waits() async throws {
        let stores = FakeStores(boards: [Board(id: "b")], actions: [Self.kill], now: TestAPI.now)
        let api = try await TestAPI(stores)
        stores.change { $0.outcomes = [.formChanged(board: "b"), .formChanged(board: "b")] }
        #expect(try await api.update().status == 200)
        #expect(stores.value { $0.log } == ["reload", "reload"])
    }

    @Test("A board whose change was interrupted is stamped again, once")
    func heals() async throws {
        let stores = FakeStores(boards: [Board(id: "b", generation: 3)], actions: [Self.kill], now: TestAPI.now)
        stores.change { ($0.stamps["b"], $0.generation) = (4, 4) }
        let api = try await TestAPI(stores)
        for number in 1...3 {
            #expect(try await api.update(nonce: "nonce000\(number)").outcome == "503 unavailable")
        }
        try await eventually("the board takes updates again") {
            try await api.update(nonce: "nonce0009").status == 200
        }
        let log = stores.value { $0.log }
        #expect(log.filter { $0 == "renew b" }.count == 1 && log.filter { $0 == "stamp b" }.count == 1)
        #expect(stores.value { $0.stamps["b"] } == 5)
    }

    @Test("If the change is stored before the repair, the board is not stamped again")
    func needsNoRepair() async throws {
        let stores = FakeStores(boards: [Board(id: "b", generation: 3)], actions: [Self.kill], now: TestAPI.now)
        stores.change { ($0.stamps["b"], $0.generation) = (4, 4) }
        let api = try await TestAPI(stores)
        #expect(try await api.update().outcome == "503 unavailable")
        stores.change { state in
            state.catalogue.boards["b"]?.generation = 4
            state.catalogue.revision += 1
        }
        #expect(try await api.update(nonce: "nonce0002").status == 200)
        let reloads = stores.value { $0.log.count }
        try await eventually("the board was looked at") { stores.value { $0.log.count } > reloads }
        #expect(stores.value { Set($0.log) } == ["reload"])
    }
}
