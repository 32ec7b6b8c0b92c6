import Basics
import Crypto
import Leaderboard
import Storage
import Testing

/// The archive of sealed periods: written once, exact, and gone when it is beyond the periods that are kept.
@Suite(.timeLimit(.minutes(1)))
struct ArchiveTests {
    private static let day: Int64 = 86_400_000

    private func period(_ number: Int64) -> Period {
        let start = 1_790_000_000_000 + number * Self.day
        return Period(name: "day-\(number)", startsAt: start, endsAt: start + Self.day)
    }

    private func ranking(_ number: Int64) -> Ranking {
        Ranking(board: "cup", window: "daily", period: period(number).name)
    }

    /// Writes the scores and the seal event of a period.
    private func seal(
        _ ledger: PostgresLedger, _ ranking: Ranking, _ scores: [(user: String, score: Int64)], after seq: Int64 = 0,
        isSealed: Bool = true
    ) async throws {
        var list = scores.enumerated().map { index, score in
            var event = events(seq + 1 + Int64(index)...seq + 1 + Int64(index))[0]
            event.userID = score.user
            event.outcomes = [
                RankingOutcome(ranking: ranking, place: .init(score: score.score, rank: 1, isChanged: true))
            ]
            return event
        }
        if isSealed {
            var event = events(seq + 1 + Int64(list.count)...seq + 1 + Int64(list.count))[0]
            (event.kind, event.userID, event.points) = (.seal, "", 0)
            event.seal = nil
            event.outcomes = [RankingOutcome(ranking: ranking, place: nil)]
            list.append(event)
        }
        try await ledger.commit([batch(list)], from: seq == 0 ? [:] : [0: position(seq)])
    }

    /// The order and the ranks of a board, computed in the plainest way.
    private func standings(
        _ scores: [(user: String, score: Int64)], _ rules: BoardRules
    ) -> [(rank: Int64, user: String, score: Int64)] {
        let reached = Array(scores.enumerated())
        let sorted = reached.sorted { left, right in
            if left.element.score != right.element.score {
                return rules.order.isBetter(left.element.score, than: right.element.score)
            }
            return rules.ties == .last ? left.offset > right.offset : left.offset < right.offset
        }
        return sorted.enumerated().map { index, entry in
            let better = sorted.map(\.element.score).filter { rules.order.isBetter($0, than: entry.element.score) }
            let rank =
                switch rules.ties {
                case .first, .last: index + 1
                case .shared: better.count + 1
                case .dense: Set(better).count + 1
                }
            return (Int64(rank), entry.element.user, entry.element.score)
        }
    }

    private static let scores: [(user: String, score: Int64)] = [
        ("a", 10), ("é", 30), ("c,\"x\"", 20), ("日本", 20), ("e", 20), ("f", ScoreBounds.min), ("g", ScoreBounds.max),
        ("h", 30), ("i", 0), ("j\\n", 0),
    ]

    @Test(
        "The list order, the ranks and the checksum of every kind of board",
        arguments: BoardRules.Order.allCases, BoardRules.Ties.allCases)
    func checksum(_ order: BoardRules.Order, _ ties: BoardRules.Ties) async throws {
        try await withDatabase { fixture in
            let rules = BoardRules(order: order, ties: ties)
            let board = Board(id: "cup", rules: rules, windows: [Window.fixed[2]])
            let archive = PostgresArchive(pool: fixture.pool)
            try await seal(try await fixture.leader(), ranking(1), Self.scores)
            #expect(try await archive.archive(ranking(1), board: board, period: period(1)))
            let expected = standings(Self.scores, rules)
            let text = expected.map { "\($0.rank),\($0.user),\($0.score)\n" }.joined()
            let found = try await archive.periods(board: "cup", window: "daily", names: ["day-1", "day-2"])
            #expect(
                found == [
                    ArchivedPeriod(
                        ranking: ranking(1), entries: 10,
                        checksum: Hexadecimal.text(Array(SHA256.hash(data: Array(text.utf8)))))
                ])
            let lines = try await fixture.column("SELECT rank || ' ' || user_id FROM archived_entries ORDER BY place")
            #expect(lines == expected.map { "\($0.rank) \($0.user)" })
            #expect(try await fixture.column("SELECT user_id FROM scores") == [])

            // Done again, it stays as it is.
            let before = try await fixture.column("SELECT row_to_json(p)::text FROM archived_periods p")
            #expect(try await archive.archive(ranking(1), board: board, period: period(1)))
            #expect(try await fixture.column("SELECT row_to_json(p)::text FROM archived_periods p") == before)
        }
    }

    @Test("Before the ledger has the seal event, nothing is archived")
    func notYet() async throws {
        try await withDatabase { fixture in
            let archive = PostgresArchive(pool: fixture.pool)
            let board = Board(id: "cup")
            try await seal(try await fixture.leader(), ranking(1), Self.scores, isSealed: false)
            #expect(try await archive.archive(ranking(1), board: board, period: period(1)) == false)
            #expect(try await archive.periods(board: "cup", window: "daily", names: ["day-1"]) == [])
            #expect(
                try await archive.read(
                    .entry(place: 1), board: board, window: Window.fixed[2], period: period(1)) == nil)
            #expect(try await fixture.column("SELECT count(*) FROM scores") == ["10"])
        }
    }

    @Test("Several at once archive a period once, and one that fails leaves all as it was")
    func atOnce() async throws {
        try await withDatabase { fixture in
            let archive = PostgresArchive(pool: fixture.pool)
            try await seal(try await fixture.leader(), ranking(1), (0..<3000).map { ("u\($0)", $0 % 100) })
            // The last statement fails.
            try await fixture.run("ALTER TABLE archived_periods ADD CONSTRAINT never CHECK (checksum IS NULL)")
            await #expect(throws: StoreError.self) {
                try await archive.archive(ranking(1), board: Board(id: "cup"), period: period(1))
            }
            #expect(try await fixture.column("SELECT count(*) FROM scores") == ["3000"])
            #expect(try await fixture.column("SELECT count(*) FROM archived_entries") == ["0"])
            try await fixture.run("ALTER TABLE archived_periods DROP CONSTRAINT never")
            let done = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await archive.archive(ranking(1), board: Board(id: "cup"), period: period(1)) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(done.contains(true))
            #expect(try await fixture.column("SELECT count(*) FROM scores") == ["0"])
            #expect(try await fixture.column("SELECT count(*) FROM archived_entries") == ["3000"])
            #expect(try await fixture.column("SELECT entries FROM archived_periods") == ["3000"])
        }
    }

    /// More entries than one statement hashes.
    @Test func largeChecksum() async throws {
        try await withDatabase { fixture in
            let archive = PostgresArchive(pool: fixture.pool)
            try await seal(try await fixture.leader(), ranking(1), [("first", 2_000_000)])
            try await fixture.run(
                """
                INSERT INTO scores SELECT 'cup', 'daily', 'day-1', 'u' || n, n, 100 + n, now()
                FROM generate_series(1, 25000) AS n
                """)
            #expect(try await archive.archive(ranking(1), board: Board(id: "cup"), period: period(1)))
            var text = "1,first,2000000\n"
            for place in 2...25_001 { text += "\(place),u\(25_002 - place),\(25_002 - place)\n" }
            #expect(
                try await archive.periods(board: "cup", window: "daily", names: ["day-1"]).map(\.checksum)
                    == [Hexadecimal.text(Array(SHA256.hash(data: Array(text.utf8))))])
        }
    }

    @Test("Archives beyond the periods that a board keeps go, the oldest first")
    func prune() async throws {
        try await withDatabase { fixture in
            let archive = PostgresArchive(pool: fixture.pool)
            let ledger = try await fixture.leader()
            var board = Board(id: "cup", windows: [Window.fixed[2]], keepPeriods: 3)
            for number in Int64(1)...5 {
                try await seal(ledger, ranking(number), [("a", 1), ("b", 2)], after: (number - 1) * 3)
                #expect(try await archive.archive(ranking(number), board: board, period: period(number)))
            }
            // Another board and another window have periods of their own, and one is not archived yet.
            try await fixture.run(
                """
                INSERT INTO archived_periods SELECT 'other', window_name, period, epoch, sealed_seq, version, sealed_at,
                    sort_order, ties, starts_at, ends_at, entries, checksum, archived_at FROM archived_periods;
                INSERT INTO archived_periods (board, window_name, period, epoch, sealed_seq, sealed_at)
                VALUES ('cup', 'daily', 'day-0', 'e1', 1, now())
                """)
            while try await !archive.prune(board: board) {}
            let periods = "SELECT period FROM archived_periods WHERE board = 'cup' ORDER BY 1"
            #expect(try await fixture.column(periods) == ["day-0", "day-3", "day-4", "day-5"])
            #expect(try await fixture.column("SELECT count(*) FROM archived_entries") == ["6"])
            #expect(try await fixture.column("SELECT count(*) FROM archived_periods WHERE board = 'other'") == ["5"])
            board.keepPeriods = 0
            while try await !archive.prune(board: board) {}
            #expect(try await fixture.column(periods) == ["day-0"])
            #expect(try await fixture.column("SELECT count(*) FROM archived_entries") == ["0"])
        }
    }

    @Test("The archives of a deleted board are not read, and go; one that is sealed again is new")
    func deletedBoard() async throws {
        try await withDatabase { fixture in
            let archive = PostgresArchive(pool: fixture.pool)
            let store = PostgresCatalogueStore(pool: fixture.pool)
            let ledger = try await fixture.leader()
            let board = Board(id: "cup", windows: [Window.fixed[2]])
            try await seal(ledger, ranking(1), [("a", 1), ("b", 2)])
            #expect(try await archive.archive(ranking(1), board: board, period: period(1)))
            try await seal(ledger, ranking(2), [("a", 1), ("b", 2)], after: 3)
            let revision = try await store.revision()
            #expect(try await store.deleteBoard(id: "cup", ifRevision: revision))
            #expect(try await archive.periods(board: "cup", window: "daily", names: ["day-1"]) == [])
            #expect(try await fixture.column("SELECT count(*) FROM scores") == ["0"])
            // There is nothing to wait for any more.
            #expect(try await archive.archive(ranking(2), board: board, period: period(2)))

            try await seal(ledger, ranking(1), [("c", 1)], after: 6)
            #expect(try await archive.archive(ranking(1), board: board, period: period(1)))
            while try await !archive.prune(board: board) {}
            #expect(try await fixture.column("SELECT period || ' ' || entries FROM archived_periods") == ["day-1 1"])
            #expect(try await fixture.column("SELECT user_id FROM archived_entries") == ["c"])
        }
    }
}
