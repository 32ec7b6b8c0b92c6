import API
import Leaderboard
import NIOHTTP1
import Testing

/// The periods that can be read, and their list.
@Suite(.timeLimit(.minutes(1)))
struct PeriodTests {
    private static let day: Int64 = 86_400_000
    /// 2026-09-21, 15:06.
    private static let now = TestAPI.now

    /// A board that was made three days ago at noon.
    private static func board(keepPeriods: Int = 100) -> Board {
        Board(
            id: "b",
            windows: [
                Window(name: "daily", kind: .daily), .all,
                Window(name: "cup", kind: .season(startsAt: now + day, endsAt: now + 2 * day)),
            ], keepPeriods: keepPeriods, createdAt: now - 3 * day)
    }

    private static func api(keepPeriods: Int = 100) async throws -> TestAPI {
        try await TestAPI(FakeStores(boards: [board(keepPeriods: keepPeriods)], now: now))
    }

    @Test(
        "A period can be read by its name since the board was made, also if it is empty",
        arguments: [
            ("daily", "current", "2026-09-21"), ("daily", "previous", "2026-09-20"),
            ("daily", "2026-09-21", "2026-09-21"),
            ("daily", "2026-09-18", "2026-09-18"), ("daily", "2026-09-17", nil), ("daily", "2026-09-22", nil),
            ("daily", "2026-13-01", nil), ("daily", "all", nil), ("daily", "", nil), ("all", "all", "all"),
            ("all", "previous", nil), ("all", "2026-09-21", nil), ("cup", "cup", "cup"), ("cup", "current", "cup"),
            ("cup", "previous", nil),
        ] as [(String, String, String?)])
    func names(_ window: String, _ period: String, _ expected: String?) async throws {
        let api = try await Self.api()
        for path in ["", "/rank", "/top"] {
            let answer = try await api.send(
                .GET, "/leaderboard\(path)?board=b&window=\(window)&period=\(period)&score=1&percent=1")
            #expect(answer.outcome == (expected == nil ? "404 unknown_period" : "200"), "\(path) \(answer.body)")
            if path.isEmpty, let expected {
                #expect(answer.body.contains("\"period\":\"\(expected)\"") && answer.body.contains("\"total\":0"))
            }
        }
    }

    @Test("Only so many sealed periods can be read", arguments: [(0, 1), (1, 2), (2, 3), (3, 4), (10000, 4)])
    func keepPeriods(_ keep: Int, _ count: Int) async throws {
        let api = try await Self.api(keepPeriods: keep)
        for _ in 0..<2 {
            var readable = 0
            for day in 17...21 {
                let answer = try await api.send(.GET, "/leaderboard?board=b&period=2026-09-\(day)")
                if answer.status == 200 { readable += 1 }
            }
            #expect(readable == count)
            let list = try await api.send(.GET, "/boards/b/periods").body
            #expect(list.ranges(of: #""period":"#).count == count)
        }
    }

    @Test("The oldest period follows the board: another number of kept periods, or a new board of the same name")
    func horizonFollowsTheBoard() async throws {
        let api = try await Self.api(keepPeriods: 3)
        func count() async throws -> Int {
            try await api.send(.GET, "/boards/b/periods").body.ranges(of: #""period":"#).count
        }
        #expect(try await count() == 4)
        api.stores.change { $0.known?.boards["b"]?.keepPeriods = 1 }
        #expect(try await count() == 2)
        api.stores.change { $0.known?.boards["b"]?.keepPeriods = 3 }
        api.stores.change { $0.known?.boards["b"]?.createdAt = Self.now - Self.day }
        #expect(try await count() == 2)
    }

    @Test("A page of the last day is not continued on this day, and a user's place is that of each window")
    func pagesOfPeriods() async throws {
        let api = try await Self.api()
        api.stores.change { state in
            for (window, period) in [("daily", "2026-09-21"), ("daily", "2026-09-20"), ("all", "all")] {
                state.scores[Ranking(board: "b", window: window, period: period)] = ["u1": 3, "u2": 4]
            }
        }
        let page = try await api.send(.GET, "/leaderboard?board=b&period=previous&limit=1").body
        let next = try #require(page.firstMatch(of: /"next":"([0-9a-f]+)"/)?.1)
        let uri = "/leaderboard?board=b&limit=1&cursor=\(next)"
        #expect(try await api.send(.GET, uri + "&period=2026-09-20").body.contains(#""user_id":"u1""#))
        #expect(try await api.send(.GET, uri).outcome == "400 invalid_input")
        let places = try await api.send(.GET, "/leaderboard/users/u1?board=b&all_windows=true").body
        #expect(places.matches(of: /"window":"([a-z]+)"/).map { String($0.1) } == ["daily", "all"])
    }

    @Test("As time goes on, the oldest period follows", arguments: [0, 1, 2, 5, 100])
    func horizonMoves(keep: Int) async throws {
        let api = try await Self.api(keepPeriods: keep)
        // The last step is far, and the clock of a failover may be behind.
        for (days, age) in [(0, 3), (1, 4), (1, 4), (2, 5), (4, 7), (200, 203), (3, 6)] as [(Int64, Int)] {
            api.stores.change { $0.now = Self.now + days * Self.day }
            let list = try await api.send(.GET, "/boards/b/periods?limit=1000").body
            #expect(list.ranges(of: #""period":"#).count == min(keep, age) + 1, "\(days) days later")
        }
    }

    @Test("Periods that ended before the board was made are neither read nor listed, not even in their grace")
    func youngBoard() async throws {
        let board = Board(
            id: "b", windows: [Window(name: "hourly", kind: .hourly)], graceSeconds: 86_400,
            createdAt: Self.now - 3_600_000)
        let api = try await TestAPI(FakeStores(boards: [board], now: Self.now))
        let list = try await api.send(.GET, "/boards/b/periods").body
        #expect(list.ranges(of: #""period":"#).count == 2)
        for (hour, status) in [(15, 404), (14, 200), (13, 200), (12, 404)] {
            let answer = try await api.send(.GET, "/leaderboard?board=b&period=2026-09-21T\(hour)")
            #expect(answer.status == status)
        }
    }

    @Test("The list has the newest period first, with its state, count and checksum")
    func list() async throws {
        let stores = FakeStores(boards: [Self.board()], now: Self.now)
        stores.change { state in
            state.scores[Ranking(board: "b", window: "daily", period: "2026-09-21")] = ["u1": 1, "u2": 2]
            state.archived[Ranking(board: "b", window: "daily", period: "2026-09-19")] = ["u1": 1]
        }
        let api = try await TestAPI(stores)
        let body = try await api.send(.GET, "/boards/b/periods?window=daily&limit=2").body
        #expect(
            body.hasPrefix(
                #"{"periods":[{"window":"daily","period":"2026-09-21","starts_at":"2026-09-21T00:00:00.000Z","#
                    + #""ends_at":"2026-09-22T00:00:00.000Z","state":"open","entries":2,"checksum":null},"#
                    + #"{"window":"daily","period":"2026-09-20","starts_at":"2026-09-20T00:00:00.000Z","#
                    + #""ends_at":"2026-09-21T00:00:00.000Z","state":"sealed","entries":0,"checksum":null}],"next":""#))
        let cursor = try #require(body.split(separator: #""next":""#).last?.prefix { $0 != "\"" })
        let next = try await api.send(.GET, "/boards/b/periods?window=daily&limit=2&cursor=\(cursor)").body
        #expect(next.contains(#""period":"2026-09-19""#) && next.contains(#""entries":1,"checksum":"abc""#))
        #expect(next.contains(#""period":"2026-09-18""#) && next.hasSuffix(#"],"next":null}"#))
        let all = try await api.send(.GET, "/boards/b/periods?window=all").body
        #expect(
            all == #"{"periods":[{"window":"all","period":"all","starts_at":null,"ends_at":null,"state":"open","#
                + #""entries":0,"checksum":null}],"next":null}"#)
    }

    @Test(
        "Queries of the list are checked",
        arguments: [
            ("limit=0", "400 invalid_input"), ("limit=1001", "400 invalid_input"), ("limit=x", "400 invalid_input"),
            ("cursor=zz", "400 invalid_input"), ("cursor=616c6c2031", "400 invalid_input"),
            // `daily` with the greatest and the least number.
            ("cursor=6461696c792039323233333732303336383534373735383037", "400 invalid_input"),
            ("cursor=6461696c79202d39323233333732303336383534373735383038", "400 invalid_input"),
            ("window=weekly", "404 unknown_window"), ("window=daily&window=all", "400 invalid_input"),
            ("limit=1000", "200"), ("window=all&cursor=616c6c2031", "200"),
        ])
    func queries(_ query: String, _ expected: String) async throws {
        #expect(try await Self.api().send(.GET, "/boards/b/periods?\(query)").outcome == expected)
    }

    @Test("A sealed period is read from the archive, and from Redis until it is there")
    func archive() async throws {
        let api = try await Self.api()
        let ranking = Ranking(board: "b", window: "daily", period: "2026-09-19")
        api.stores.change { $0.scores[ranking] = ["u1": 3, "u2": 4] }
        let uri = "/leaderboard?board=b&period=2026-09-19"
        #expect(try await api.send(.GET, uri).body.contains(#""total":2"#))
        // After the archive was written, Redis may have a part of the ranking.
        api.stores.change { state in
            state.archived[ranking] = ["u1": 3, "u2": 4]
            state.scores[ranking] = ["u2": 4]
        }
        #expect(try await api.send(.GET, uri).body.contains(#""total":2"#))
        api.stores.change { $0.scores[ranking] = nil }
        #expect(try await api.send(.GET, uri).body.contains(#""total":2"#))
        // An answer without the archive could lack users.
        api.stores.change { $0.isArchiveAway = true }
        #expect(try await api.send(.GET, uri).outcome == "503 unavailable")
        #expect(try await api.send(.GET, "/leaderboard?board=b").status == 200)
        api.stores.change { $0.isArchiveAway = false }
        let user = try await api.send(.GET, "/leaderboard/users/u1?board=b&period=2026-09-19").body
        #expect(user.contains(#""rank":2,"score":3,"total":2,"percentile":0"#))
    }
}
