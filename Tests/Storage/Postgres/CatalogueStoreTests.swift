import Basics
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
            var global = Board.global
            global.generation = 1
            global.createdAt = try #require(catalogue.boards["global"]).createdAt
            #expect(catalogue.boards == ["global": global])
            #expect(abs(global.createdAt - WallClock.milliseconds()) < 600_000)
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

    /// A version before could have them. Nobody can use them, and an administrator can delete them.
    @Test func reservedActionsAreLeftOut() async throws {
        try await withDatabase { fixture in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            #expect(try await store.put(Self.plain))
            try await fixture.run(
                "INSERT INTO actions (action_id, points, boards) VALUES ('sys-task', 1, '{global}')")
            #expect(try await store.load().actions == ["kill": Self.plain])
            #expect(try await store.deleteAction(id: "sys-task"))
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
            let boards = try await store.load().boards
            #expect(Set(boards.keys) == ["global", "cup", "staff"])
            #expect(boards["cup"]?.group == "arena" && boards["cup"]?.top == 100)
            #expect(boards["cup"]?.visibility == .public && boards["staff"]?.visibility == .private)
            #expect(Set(boards.values.map(\.generation)).count == 3)
        }
    }

    /// A board that needs rules which this version does not know must not run with other ones. Constraints that a later
    /// version would have changed go first.
    @Test(arguments: [
        ("operator", "'median'", "operator must be one of increment, decrement, set, best"),
        ("sort_order", "'odd'", "order must be one of desc, asc"),
        ("ties", "'coin'", "ties must be one of first, last, shared, dense"),
        ("window_definitions", "'[]'", "windows must hold 1 to 16 windows"),
        (
            "window_definitions", "'[\"lunar\"]'",
            "windows names a window that is not all, hourly, daily, weekly, monthly or yearly; others are objects"
        ),
        (
            "window_definitions", "'[{\"name\": \"x\", \"cron\": \"0 0 31 2 *\"}]'",
            "windows has the window x whose cron expression \(CronError.neverFires)"
        ),
        ("window_definitions", "'[\"all\", \"all\"]'", "windows must not have two windows of one name"),
        ("time_zone", "'Mars/Olympus'", "time_zone must be an IANA time zone, such as Europe/Berlin"),
        ("grace_seconds", "-1", "grace_seconds must be 0 to 604800"),
        ("max_score", "9007199254740992", "max_score \(ScoreBounds.reason) or null"),
        ("group_name", "repeat('g', 129)", "group_name is longer than 128 bytes"),
    ])
    func leavesOutWhatItCannotRun(_ column: String, _ value: String, _ reason: String) async throws {
        try await withDatabase { fixture in
            let store = PostgresCatalogueStore(pool: fixture.pool)
            try await fixture.run("INSERT INTO boards (board, group_name) VALUES ('cup', 'cup'), ('fine', 'fine')")
            for name in try await fixture.column(
                "SELECT conname FROM pg_constraint WHERE conrelid = 'boards'::regclass AND contype = 'c'")
            {
                try await fixture.run("ALTER TABLE boards DROP CONSTRAINT \(name)")
            }
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
        "INSERT INTO boards (board, group_name, keep_periods) VALUES ('b', 'g', 10001)",
        "INSERT INTO boards (board, group_name, min_score, max_score) VALUES ('b', 'g', 2, 1)",
        "INSERT INTO boards (board, group_name, window_definitions) VALUES ('b', 'g', '{}')",
        "INSERT INTO boards (board, group_name, metadata) VALUES ('b', 'g', '[]')",
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
