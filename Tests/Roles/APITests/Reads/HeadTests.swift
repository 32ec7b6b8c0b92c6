import API
import Leaderboard
import NIOHTTP1
import Signing
import TestSupport
import Testing

/// Heads in memory: how often they are read, and that each read shows all updates that this node has answered.
@Suite(.timeLimit(.minutes(1)))
struct HeadTests {
    private typealias State = HeadState<String, Int>

    private func beginning(_ at: Int64, mark: UInt64 = 0, generation: Int64 = 0) -> State.Beginning {
        State.Beginning(at: at, mark: mark, generation: generation)
    }

    private func step(_ state: inout State, _ now: State.Beginning, _ waiter: Int) -> String {
        switch state.ask(now, waiter) {
        case .show(let snapshot): "show \(snapshot)"
        case .read: "read"
        case .wait: "wait"
        }
    }

    @Test("A head is shown for 50 ms after its read began")
    func age() {
        var state = State()
        #expect(step(&state, beginning(0), 1) == "read")
        let end = state.finish("a") { _ in beginning(10) }
        #expect(end.waiters == [1] && end.next == nil && state.isIdle)
        #expect(step(&state, beginning(50_000), 2) == "show a")
        #expect(step(&state, beginning(50_001), 3) == "read")
    }

    @Test("A read that began before the last answered update, or with another form, is not shown after that")
    func updates() {
        var state = State()
        #expect(step(&state, beginning(0), 1) == "read")
        #expect(step(&state, beginning(1), 2) == "wait")
        #expect(step(&state, beginning(2, mark: 1), 3) == "wait")
        #expect(step(&state, beginning(3, mark: 1), 4) == "wait")
        let first = state.finish("a") { beginning(4, mark: UInt64($0)) }
        #expect(first.waiters == [1, 2] && first.next == 4)
        let second = state.finish("b") { _ in beginning(5) }
        #expect(second.waiters == [3, 4] && second.next == nil)
        #expect(step(&state, beginning(6, mark: 4), 5) == "show b")
        #expect(step(&state, beginning(6, mark: 5), 6) == "read")
        _ = state.finish("c") { _ in beginning(6) }
        #expect(step(&state, beginning(7, mark: 5, generation: 1), 7) == "read")
    }

    @Test("A read that takes long is not joined, and a failed one is not shown")
    func slowAndFailed() {
        var state = State()
        #expect(step(&state, beginning(0), 1) == "read")
        #expect(step(&state, beginning(50_001), 2) == "wait")
        let end = state.finish(nil) { _ in beginning(60_000) }
        #expect(end.waiters == [1] && end.next == 2)
        #expect(state.finish(nil) { _ in beginning(60_000) }.waiters == [2])
        #expect(step(&state, beginning(60_001), 3) == "read")
    }

    @Test("One read serves all limits and all requests that come during it")
    func sharesReads() async throws {
        let stores = FakeStores(boards: [Board(id: "global")], now: TestAPI.now)
        stores.change { state in
            state.scores[Ranking(board: "global")] = Dictionary(
                uniqueKeysWithValues: (0..<150).map { ("u\($0)", Int64($0)) })
            state.holdsReads = true
        }
        let api = try await TestAPI(stores)
        let bodies = try await withThrowingTaskGroup(of: (Int, String).self) { group in
            for limit in 1...100 {
                group.addTask { (limit, try await api.send(.GET, "/leaderboard?limit=\(limit)").body) }
            }
            try await eventually("a read is held") { stores.value { $0.reads } > 0 }
            var bodies: [Int: String] = [:]
            stores.change { $0.holdsReads = false }
            stores.release()
            for try await (limit, body) in group { bodies[limit] = body }
            return bodies
        }
        for (limit, body) in bodies {
            #expect(body.ranges(of: "user_id").count == limit && !body.contains(#""next":null"#))
        }
        #expect(stores.value { $0.reads } < 20)
        // Members of entries are those of the request, and the cursor follows the last entry that is shown.
        let plain = try await api.send(.GET, "/leaderboard?limit=7").body
        let more = try await api.send(.GET, "/leaderboard?limit=7&fields=updated_at").body
        #expect(!plain.contains("updated_at") && more.contains("updated_at"))
        let next = try #require(plain.firstMatch(of: /"next":"([0-9a-f]+)"/)?.1)
        #expect(CursorText.decode(next)?.cursor == LeaderboardCursor(score: 143, member: "u143"))
        // More than a head holds is read each time.
        #expect(try await api.send(.GET, "/leaderboard?limit=101").body.ranges(of: "user_id").count == 101)
    }

    @Test("A client sees each of its updates, and a reset")
    func seesItsUpdates() async throws {
        let kill = Action(id: "kill", points: 5, boards: ["b", "c"])
        let stores = FakeStores(
            boards: [Board(id: "b", group: "g"), Board(id: "c", group: "g")], actions: [kill], now: TestAPI.now)
        let api = try await TestAPI(stores)
        for number in 1...200 {
            let nonce = "nonce\(1000 + number)"
            #expect(try await api.update(nonce: nonce).status == 200)
            for board in ["b", "c"] {
                let body = try await api.send(.GET, "/leaderboard?board=\(board)").body
                #expect(body.contains("\"score\":\(5 * number)}"), "\(body)")
            }
        }
        #expect(try await api.send(.POST, "/boards/b/reset", as: .admin).status == 204)
        #expect(try await api.send(.GET, "/leaderboard?board=b").body.contains(#""entries":[]"#))
        #expect(try await api.update(nonce: "nonce9999").status == 200)
        #expect(try await api.send(.GET, "/leaderboard?board=b").body.contains(#""score":5}"#))
        #expect(try await api.send(.DELETE, "/boards/b/users/u1", as: .admin).status == 204)
        #expect(try await api.send(.GET, "/leaderboard?board=b").body.contains(#""entries":[]"#))
    }

    @Test("A client sees an update whose answer is that of its receipt")
    func seesItsReceipt() async throws {
        let stores = FakeStores(boards: [Board(id: "b"), Board(id: "c")], now: TestAPI.now)
        let api = try await TestAPI(stores)
        for score in 1...100 as ClosedRange<Int64> {
            // Another node applied it, and its action was deleted since then.
            stores.change { state in
                for board in ["b", "c"] { state.scores[Ranking(board: board)] = ["u1": score] }
                let outcomes = ["b", "c"].map { board in
                    RankingOutcome(ranking: Ranking(board: board), place: .init(score: score, rank: 1, isChanged: true))
                }
                state.found = FoundReceipt(
                    receipt: Receipt(score: score, rank: 1, board: "b", rankings: outcomes), partition: 0)
            }
            #expect(try await api.update(nonce: "nonce\(1000 + score)").status == 200)
            for board in ["b", "c"] {
                let body = try await api.send(.GET, "/leaderboard?board=\(board)").body
                #expect(body.contains("\"score\":\(score)}"), "\(body)")
            }
        }
    }
}
