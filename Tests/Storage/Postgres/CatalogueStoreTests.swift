import Leaderboard
import PostgresClient
import Storage
import Testing

/// The catalogue in Postgres.
@Suite(.timeLimit(.minutes(1)))
struct CatalogueStoreTests {
    private static let full = Action(
        id: "race", points: -7, boards: ["global", "cup,\"{}\\"], submitsScore: true, minScore: ScoreBounds.min,
        maxScore: ScoreBounds.max, maxPerUserPerDay: 1_000_000, cooldownSeconds: 604_800)
    private static let plain = Action(id: "kill", points: 5, boards: ["global"])

    @Test func aNewDatabase() async throws {
        try await withDatabase { fixture in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            let catalogue = try await store.load()
            #expect(catalogue.actions.isEmpty)
            #expect(catalogue.boards == ["global": .global])
            #expect(try await store.revision() == catalogue.revision)
        }
    }

    @Test func putAndDelete() async throws {
        try await withDatabase { fixture async throws in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            #expect(try await store.put(Self.plain))
            #expect(try await store.put(Self.full))
            #expect(try await store.load().actions == ["kill": Self.plain, "race": Self.full])
            var changed = Self.full
            (changed.points, changed.minScore, changed.maxScore) = (0, nil, nil)
            (changed.maxPerUserPerDay, changed.cooldownSeconds, changed.submitsScore) = (nil, nil, false)
            changed.boards = ["global"]
            #expect(try await store.put(changed) == false)
            #expect(try await store.put(changed) == false)
            #expect(try await store.load().actions == ["kill": Self.plain, "race": changed])
            #expect(try await store.deleteAction(id: "race"))
            #expect(try await store.deleteAction(id: "race") == false)
            #expect(try await store.deleteAction(id: "'; DROP TABLE actions; --") == false)
            #expect(try await store.load().actions == ["kill": Self.plain])
        }
    }

    /// The revision grows with every change of the catalogue, whoever makes it.
    @Test(arguments: [
        "INSERT INTO actions (action_id, points, boards) VALUES ('a', 1, '{global}')",
        "UPDATE actions SET points = 6 WHERE action_id = 'kill'",
        "DELETE FROM actions WHERE action_id = 'kill'",
        "TRUNCATE actions",
        "INSERT INTO boards (board, group_name) VALUES ('cup', 'cup')",
        "UPDATE boards SET top = 3",
        "DELETE FROM boards",
        "COPY actions (action_id, points, boards) FROM PROGRAM 'printf ''a\\t1\\t{global}\\n'''",
    ])
    func editsInSQLCount(_ sql: String) async throws {
        try await withDatabase { fixture in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            _ = try await store.put(Self.plain)
            let before = try await store.revision()
            #expect(try await store.revision() == before)
            try await fixture.run(sql)
            let after = try await store.revision()
            #expect(after > before)
            #expect(try await store.load().revision == after)
        }
    }

    @Test func everyWayThroughTheStoreCounts() async throws {
        try await withDatabase { fixture in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            var last = try await store.revision()
            func expectNewer() async throws {
                let now = try await store.revision()
                #expect(now > last)
                last = now
            }
            _ = try await store.put(Self.plain)
            try await expectNewer()
            _ = try await store.put(Self.plain)
            try await expectNewer()
            _ = try await store.deleteAction(id: Self.plain.id)
            try await expectNewer()
        }
    }

    @Test("Every row of a board is read with its group, top and visibility")
    func boards() async throws {
        try await withDatabase { fixture in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            try await fixture.run("INSERT INTO boards (board, group_name, top) VALUES ('cup', 'arena', 100)")
            try await fixture.run(
                "INSERT INTO boards (board, group_name, visibility) VALUES ('staff', 'staff', 'private')")
            #expect(
                try await store.load().boards == [
                    "global": .global, "cup": Board(id: "cup", group: "arena", top: 100),
                    "staff": Board(id: "staff", visibility: .private),
                ])
        }
    }

    /// A board that needs other rules must not run with the only rules there are.
    @Test(arguments: [
        ("operator", "'best'", "operator best is not supported"),
        ("operator", "'set'", "operator set is not supported"),
        ("operator", "'decrement'", "operator decrement is not supported"),
        ("sort_order", "'asc'", "sort_order asc is not supported"),
        ("ties", "'last'", "ties last is not supported"), ("ties", "'shared'", "ties shared is not supported"),
        ("ties", "'dense'", "ties dense is not supported"),
        ("windows", "'{all,daily}'", "windows {all,daily} are not supported"),
        ("windows", "'{daily}'", "windows {daily} are not supported"),
        ("windows", "'{}'", "windows {} are not supported"),
        ("windows", "'{NULL}'", "windows {NULL} are not supported"),
        ("group_name", "repeat('g', 129)", "group_name is longer than 128 bytes"),
    ])
    func leavesOutWhatItCannotRun(_ column: String, _ value: String, _ reason: String) async throws {
        try await withDatabase { fixture in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            try await fixture.run("INSERT INTO boards (board, group_name) VALUES ('cup', 'cup'), ('fine', 'fine')")
            try await fixture.run("UPDATE boards SET \(column) = \(value) WHERE board = 'cup'")
            let catalogue = try await store.load()
            #expect(Set(catalogue.boards.keys) == ["fine", "global"])
            #expect(catalogue.leftOut == [LeftOutBoard(id: "cup", reason: reason)])
            #expect(catalogue.boardList.boards["cup"] == nil)
            try await fixture.run("DELETE FROM boards WHERE board = 'cup'")
            #expect(try await store.load().leftOut.isEmpty)
        }
    }

    @Test func readsABoundedNumberOfBoards() async throws {
        try await withDatabase { fixture in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            try await fixture.run(
                "INSERT INTO boards (board, group_name) SELECT 'b' || lpad(n::text, 5, '0'), 'g' "
                    + "FROM generate_series(1, \(Catalogue.boardsMax + 5)) AS n")
            let catalogue = try await store.load()
            #expect(catalogue.boards.count == Catalogue.boardsMax)
            #expect(catalogue.boards["b00001"] != nil && catalogue.boards["global"] == nil)
            #expect(catalogue.leftOut.map(\.reason) == ["there are more than \(Catalogue.boardsMax) boards"])
        }
    }

    /// Rows that the tables refuse, whatever a store would accept.
    @Test(arguments: [
        "INSERT INTO actions (action_id, points, boards) VALUES ('a b', 1, '{global}')",
        "INSERT INTO actions (action_id, points, boards) VALUES ('a', 1, '{}')",
        "INSERT INTO boards (board, group_name) VALUES ('', 'g')",
        "INSERT INTO boards (board, group_name, top) VALUES ('b', 'g', 101)",
        "INSERT INTO catalogue_revision (revision) VALUES (7)",
    ])
    func refusedByTheTables(_ sql: String) async throws {
        try await withDatabase { fixture in
            await #expect(throws: PostgresError.self) { try await fixture.run(sql) }
        }
    }

    @Test("A catalogue without its revision is corrupt, and one that cannot be asked is unavailable")
    func trouble() async throws {
        try await withDatabase { fixture in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            try await fixture.run("DELETE FROM catalogue_revision")
            let corrupt = await #expect(throws: StoreError.self) { try await store.load() }
            #expect(corrupt?.kind == .corrupt)
            try await fixture.run("DROP TABLE catalogue_revision CASCADE")
            let broken = await #expect(throws: StoreError.self) { try await store.revision() }
            #expect(broken?.kind == .unavailable)
            _ = await fixture.pool.shutdown()
            let closed = await #expect(throws: StoreError.self) { try await store.load() }
            #expect(closed?.kind == .unavailable)
        }
    }
}
