import Basics
import Leaderboard
import RedisClient
import Storage
import TestSupport
import Testing

/// What administrators do to boards: each act once and again, with its event in the outbox.
@Suite(.timeLimit(.minutes(1)))
struct BoardStoreTests {
    private static let windows = [
        Window.all, Window(name: "daily", kind: .daily),
        Window(name: "cup", kind: .season(startsAt: 1_600_000_000_000, endsAt: 4_000_000_000_000)),
    ]

    private func withScores(
        _ ties: BoardRules.Ties = .first, partitions: Int = 1, _ body: (RedisFixture, _ now: Int64) async throws -> Void
    ) async throws {
        let rules = BoardRules(operator: .set, ties: ties, allowDecrease: true)
        try await withFixture(partitions: partitions, top: 3, rules: rules, windows: Self.windows) { fixture in
            let now = try await fixture.boards.now()
            for (index, score) in [50, 40, 40, 30, 20].enumerated() {
                try await fixture.store().outcome(
                    of: fixture.update("u\(index)", Int64(score), "s\(index)", issuedAt: now)
                ).isApplied()
            }
            try await body(fixture, now)
        }
    }

    private func read(_ fixture: RedisFixture, _ window: String) async throws -> RankingAnswer {
        try await fixture.reader.read(
            .page(limit: 100, after: nil), board: fixture.board, window: try #require(fixture.board.window(window)))
    }

    private func rankings(_ fixture: RedisFixture, _ windows: [String], at now: Int64) -> [Ranking] {
        let calendar = BoardCalendar(fixture.board)
        return windows.map { window in
            Ranking(
                board: fixture.board.id, window: window, period: calendar.current(at: now, in: window)?.name ?? "")
        }
    }

    private func lastEvent(_ fixture: RedisFixture, is kind: LedgerEvent.Kind, count: Int) async throws -> LedgerEvent {
        let events = try await fixture.events()
        #expect(events.count == count)
        let event = try #require(events.last)
        #expect(event.kind == kind && event.signature.hasPrefix("admin.") && event.seq == Int64(count))
        let meta = try await fixture.redis.command("HGET", fixture.keys.partition.meta, "seq").int64
        #expect(meta == Int64(count))
        return event
    }

    // MARK: - Reset

    @Test func resetEmptiesTheWindowsItNames() async throws {
        try await withScores { fixture, now in
            for _ in 0..<2 {
                try await fixture.boards.reset(fixture.board, windows: [Self.windows[1]])
                let event = try await lastEvent(fixture, is: .reset, count: 6)
                #expect(
                    event.outcomes
                        == rankings(fixture, ["daily"], at: now).map { RankingOutcome(ranking: $0, place: nil) })
                #expect(event.userID.isEmpty)
            }
            #expect(try await read(fixture, "daily").total == 0)
            #expect(try await read(fixture, "all").total == 5)
            let versions = (try await read(fixture, "daily").version, try await read(fixture, "all").version)
            #expect(versions == (4, 3))

            try await fixture.boards.reset(fixture.board, windows: Self.windows)
            let event = try await lastEvent(fixture, is: .reset, count: 7)
            #expect(event.outcomes.map(\.ranking) == rankings(fixture, ["all", "cup"], at: now))
            for window in ["all", "daily", "cup"] {
                let answer = try await read(fixture, window)
                #expect(answer.total == 0 && answer.version == 4)
            }
            // The ranking begins again.
            try await fixture.store().outcome(of: fixture.update("u9", 1, "s9", issuedAt: now)).isApplied()
            #expect(try await read(fixture, "cup").entries.map(\.entry.rank) == [1])
        }
    }

    // MARK: - One user

    @Test("A user is deleted from all windows", arguments: BoardRules.Ties.allCases)
    func deleteUser(_ ties: BoardRules.Ties) async throws {
        try await withScores(ties) { fixture, now in
            #expect(try await fixture.boards.deleteUser("nobody", of: fixture.board) == false)
            let before = try await read(fixture, "all").entries.map(\.entry)
            let second = before[1]
            #expect(try await fixture.boards.deleteUser(second.userID, of: fixture.board))
            #expect(try await fixture.boards.deleteUser(second.userID, of: fixture.board) == false)
            let event = try await lastEvent(fixture, is: .delete, count: 6)
            #expect(event.userID.utf8.elementsEqual(second.userID.utf8))
            let place = RankingOutcome.Place(score: 40, rank: 2, isChanged: true)
            #expect(
                event.outcomes
                    == rankings(fixture, ["all", "daily", "cup"], at: now).map {
                        RankingOutcome(ranking: $0, place: place)
                    })

            var plain = PlainRanking(fixture.board.rules)
            for (index, score) in [50, 40, 40, 30, 20].enumerated() { plain.set("u\(index)", Int64(score)) }
            plain.remove(second.userID)
            for window in ["all", "daily", "cup"] {
                let answer = try await read(fixture, window)
                #expect(answer.entries.map(\.entry) == plain.entries.map(\.entry))
                #expect(answer.version == 4)
            }
            // The last one is not in the top of three, so the top stays.
            #expect(try await fixture.boards.deleteUser("u4", of: fixture.board))
            #expect(try await read(fixture, "all").version == 4)
            #expect(try await fixture.boards.deleteUser(before[2].userID, of: fixture.board))
            let levels = try await fixture.redis.command("ZRANGE", fixture.keys.levels, "0", "-1").array
            #expect(levels?.compactMap(\.string) == (ties == .dense ? ["30", "50"] : []))
        }
    }

    // MARK: - The form

    @Test func aBoardWithScoresKeepsItsForm() async throws {
        try await withScores { fixture, _ in
            var board = fixture.board
            (board.generation, board.rules.order) = (5, .ascending)
            let before = try await fixture.dump()
            #expect(try await fixture.boards.stamp(board, from: nil, emptying: false) == false)
            #expect(try await fixture.dump() == before)
        }
    }

    @Test func emptiesAndStampsInOneStep() async throws {
        try await withScores { fixture, now in
            var board = fixture.board
            (board.generation, board.rules.order, board.windows) = (5, .ascending, [.all, Self.windows[1]])
            #expect(try await fixture.boards.stamp(board, from: nil, emptying: true))
            let event = try await lastEvent(fixture, is: .reset, count: 6)
            #expect(Set(event.outcomes.map(\.ranking)) == Set(rankings(fixture, ["all", "daily", "cup"], at: now)))
            // An update of the old form is refused, one of the new form counts.
            let late = fixture.update("u1", 9, "late", issuedAt: now)
            #expect(try await fixture.store().outcome(of: late) == .formChanged(board: board.id))
            var update = late
            update.targets = UpdateTargets(of: board, issuedAt: now)
            try await fixture.store().outcome(of: update).isApplied()
            // Doing it again keeps that score. An older form cannot come back.
            #expect(try await fixture.boards.stamp(board, from: nil, emptying: true))
            for window in board.windows {
                let answer = try await fixture.reader.read(.page(limit: 9, after: nil), board: board, window: window)
                #expect(answer.entries.map(\.entry.score) == [9] && answer.version == 5)
            }
            board.generation = 4
            let error = await #expect(throws: StoreError.self) {
                try await fixture.boards.stamp(board, from: nil, emptying: true)
            }
            #expect(error?.kind == .conflict)
            #expect(try await fixture.events().count == 7)
            let fields = try await fixture.redis.command("HKEYS", fixture.keys.partition.meta).array ?? []
            #expect(!fields.compactMap(\.string).contains { $0.hasPrefix("period:") && $0.hasSuffix(":cup") })
        }
    }

    @Test func aNewBoardIsStampedWithoutAnEvent() async throws {
        try await withFixture(windows: Self.windows) { fixture in
            var board = fixture.board
            board.generation = 3
            for _ in 0..<2 { #expect(try await fixture.boards.stamp(board, from: nil, emptying: false)) }
            #expect(try await fixture.events().isEmpty)
            for window in board.windows {
                let answer = try await fixture.reader.read(.page(limit: 9, after: nil), board: board, window: window)
                #expect(answer.version == 0)
            }
        }
    }

    @Test func aBoardThatChangesItsGroupIsEmptiedInItsOldPartition() async throws {
        try await withScores(partitions: 16) { fixture, _ in
            var board = fixture.board
            board.generation = 5
            let home = fixture.partitioning.partition(of: board)
            board.group = try #require(
                (0...99).map(String.init).first {
                    fixture.partitioning.partition(of: Board(id: "x", group: $0)) != home
                })
            #expect(try await fixture.boards.stamp(board, from: fixture.board, emptying: false) == false)
            for _ in 0..<2 { #expect(try await fixture.boards.stamp(board, from: fixture.board, emptying: true)) }
            _ = try await lastEvent(fixture, is: .reset, count: 6)
            var old = fixture.board
            old.generation = 5
            for board in [board, old] {
                let answer = try await fixture.reader.read(.page(limit: 9, after: nil), board: board, window: .all)
                #expect(answer.total == 0 && answer.version == (board == old ? 4 : 0))
            }
        }
    }

    @Test func aClosedPartitionTakesNoActs() async throws {
        try await withFixture(isOpen: false, windows: Self.windows) { fixture in
            func isClosed(_ act: () async throws(StoreError) -> Void) async {
                let error = await #expect(throws: StoreError.self) { try await act() }
                #expect(error?.kind == .closed)
            }
            let (boards, board) = (fixture.boards, fixture.board)
            await isClosed { _ = try await boards.stamp(board, from: nil, emptying: true) }
            await isClosed { try await boards.reset(board, windows: board.windows) }
            await isClosed { _ = try await boards.deleteUser("u1", of: board) }
            await isClosed { _ = try await boards.turn(board, window: .all, to: .all) }
            await isClosed { _ = try await fixture.sealer.seal(fixture.ranking, board: board, endsAt: 1) }
            let dump = try await fixture.dump()
            #expect(dump.isEmpty)
        }
    }
}
