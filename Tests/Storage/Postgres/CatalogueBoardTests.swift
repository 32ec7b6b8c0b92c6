import Leaderboard
import PostgresClient
import Storage
import TestSupport
import Testing

/// How boards are put into the catalogue, and come out again.
@Suite(.timeLimit(.minutes(1)))
struct CatalogueBoardTests {
    private static func board() throws -> Board {
        Board(
            id: "cup", group: "arena",
            rules: BoardRules(
                operator: .best, order: .ascending, ties: .dense, minScore: ScoreBounds.min, maxScore: 7,
                allowDecrease: true),
            windows: Window.fixed + [
                Window(name: "shift", kind: .cron(try CronSchedule("*/5 22 * jan-mar mon"))),
                Window(name: "season-1", kind: .season(startsAt: 1_790_000_000_001, endsAt: 1_790_000_000_999)),
            ], timeZone: "Europe/Berlin", graceSeconds: 0, keepPeriods: 10_000, top: 100, visibility: .private,
            metadata: #"{ "a": [1.50, "\u0000 é"],  "b": {"c": null} }"#, generation: 12, createdAt: 1_780_000_000_007)
    }

    private func put(_ board: Board, _ store: PostgresCatalogueStore) async throws {
        let revision = try await store.revision()
        #expect(try await store.put(board, ifRevision: revision))
    }

    @Test("A board comes back as it was put, with all kinds of windows")
    func roundTrip() async throws {
        try await withDatabase { fixture in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            let board = try Self.board()
            let revision = try await store.revision()
            #expect(try await store.put(board, ifRevision: revision))
            #expect(try await store.revision() > revision)
            let catalogue = try await store.load()
            #expect(catalogue.leftOut == [])
            #expect(catalogue.boards["cup"] == board)

            // Each member can be changed, and others stay.
            var plain = Board(id: "cup", metadata: "{}", generation: 13, createdAt: board.createdAt)
            #expect(try await store.put(plain, ifRevision: catalogue.revision))
            #expect(try await store.load().boards["cup"] == plain)

            // Without a time, the board keeps the one it has.
            plain.createdAt = 0
            try await put(plain, store)
            #expect(try await store.load().boards["cup"]?.createdAt == board.createdAt)
        }
    }

    @Test("A node of the version before leaves out boards with other windows")
    func windowsForOldNodes() async throws {
        try await withDatabase { fixture in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            try await put(Self.board(), store)
            #expect(
                try await fixture.column("SELECT windows FROM boards ORDER BY board")
                    == ["{all,hourly,daily,weekly,monthly,yearly,shift,season-1}", "{all}"])
        }
    }

    @Test("A change that was decided by an older catalogue changes nothing")
    func otherRevision() async throws {
        try await withDatabase { fixture in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            let old = try await store.revision()
            _ = try await store.put(Action(id: "kill", points: 5, boards: ["global"]))
            let now = try await store.revision()
            #expect(try await store.put(Board(id: "cup"), ifRevision: old) == false)
            #expect(try await store.deleteBoard(id: "global", ifRevision: old) == false)
            #expect(try await store.revision() == now)
            #expect(Set(try await store.load().boards.keys) == ["global"])
        }
    }

    @Test("Of changes at the same time one wins, and the others are told")
    func concurrentPuts() async throws {
        try await withDatabase { fixture in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            for round in 0..<5 {
                let revision = try await store.revision()
                let won = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<6 {
                        group.addTask {
                            try await store.put(
                                Board(id: "b\(number)", generation: Int64(round + 100)), ifRevision: revision)
                        }
                    }
                    return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(won == 1)
                #expect(try await store.revision() > revision)
                let boards = try await store.load().boards.values
                #expect(boards.count { $0.generation == Int64(round + 100) } == 1)
            }
        }
    }

    @Test("Adding to a board again and again, as administrators do at the same time, loses nothing")
    func noLostUpdate() async throws {
        try await withDatabase { fixture in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            try await put(Board(id: "cup", top: 1, generation: 2), store)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<5 {
                            while true {
                                let catalogue = try await store.load()
                                var board = try #require(catalogue.boards["cup"])
                                board.top += 1
                                if try await store.put(board, ifRevision: catalogue.revision) { break }
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.load().boards["cup"]?.top == 21)
        }
    }

    @Test func generations() async throws {
        try await withDatabase { fixture in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            let first = try await store.nextGeneration()
            #expect(try await store.nextGeneration() > first)
            let global = try #require(try await store.load().boards["global"])
            #expect(global.generation < first)
            try await store.renewGeneration(of: global)
            let renewed = try #require(try await store.load().boards["global"])
            #expect(renewed.generation > first)
            // Somebody else was faster.
            try await store.renewGeneration(of: global)
            #expect(try await store.load().boards["global"] == renewed)
        }
    }

    @Test func delete() async throws {
        try await withDatabase { fixture in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            try await put(Board(id: "cup", generation: 2), store)
            let revision = try await store.revision()
            #expect(try await store.deleteBoard(id: "cup", ifRevision: revision))
            #expect(Set(try await store.load().boards.keys) == ["global"])
        }
    }

    @Test("Boards of the version before keep their rules; new ones have the defaults of the API")
    func migration() async throws {
        try await withPostgres { database in
            let pool = try PostgresPool(configuration: PostgresConfiguration(url: database.url), logger: quietLogger)
            do {
                try await Migrator.migrate(pool: pool, migrations: Array(Migrations.all.prefix(4)))
                let sql = """
                    INSERT INTO boards (board, group_name, windows) VALUES ('old', 'a b', '{all}'), ('many', 'many',
                        '{daily,all}')
                    """
                try await pool.withConnection { try $0.script(sql) }
                try await Migrator.migrate(pool: pool, migrations: Migrations.all)
                // A node of the version before goes on.
                try await pool.withConnection {
                    try $0.script("INSERT INTO boards (board, group_name) VALUES ('new', 'new')")
                }
                let catalogue = try await PostgresCatalogueStore(pool: pool).load()
                #expect(catalogue.leftOut == [])
                #expect(catalogue.boards["old"]?.group == "a b")
                #expect(catalogue.boards["many"]?.windows.map(\.name) == ["daily", "all"])
                #expect(
                    catalogue.boards.mapValues(\.rules.allowDecrease)
                        == ["global": true, "old": true, "many": true, "new": false])
                #expect(Set(catalogue.boards.values.map(\.generation)).count == 4)
            } catch {
                _ = await pool.shutdown()
                throw error
            }
            _ = await pool.shutdown()
        }
    }
}
