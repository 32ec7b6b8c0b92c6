import PostgresClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct CopyTests {
    private func withTable<Value: Sendable>(
        _ columns: String, _ body: @escaping @Sendable (PostgresConnection, String) throws -> Value
    ) async throws -> Value {
        let table = fresh("copied")
        return try await TestServer.shared().withPool(size: 1) { pool in
            try await pool.withConnection { connection in
                try connection.query("CREATE TABLE \(table) (\(columns))")
                return try body(connection, table)
            }
        }
    }

    @Test func nastyTextsArriveUnchanged() async throws {
        let texts = ValueTests.nastyTexts
        try await withTable("id int, value text, list text[], data bytea, at timestamptz") { connection, table in
            let rows = texts.enumerated().map { index, text -> [PostgresValue] in
                [
                    .int(Int64(index)), .text(text), .textArray([text, nil]), .bytes([9, 10, 92]),
                    .timestamp(milliseconds: 1),
                ]
            }
            let extra: [PostgresValue] = [.int(-1), .null, .null, .null, .null]
            #expect(try connection.copyIn("COPY \(table) FROM STDIN", rows: rows + [extra]) == texts.count + 1)
            let read = try connection.query(
                "SELECT value, list, data = '\\x090a5c' AS same FROM \(table) WHERE id >= 0 ORDER BY id"
            ).rows
            #expect(try read.map { try $0.string("value") } == texts)
            #expect(try read.map { try $0.textArray("list") } == texts.map { [$0, nil] })
            #expect(try read.allSatisfy { try $0.bool("same") })
            let nulls = try connection.query(
                "SELECT value FROM \(table) WHERE id = -1 AND value IS NULL AND at IS NULL")
            #expect(nulls.rows.count == 1)
        }
    }

    @Test func manyRowsInManyChunks() async throws {
        try await withTable("id int, value text") { connection, table in
            let filler = String(repeating: "x\ty", count: 50)
            let rows = (0..<20_000).lazy.map { [PostgresValue.int(Int64($0)), .text(filler)] }
            #expect(try connection.copyIn("COPY \(table) (id, value) FROM STDIN", rows: rows) == 20_000)
            let row = try #require(try connection.query("SELECT count(*), sum(id), min(value) FROM \(table)").first)
            #expect(try row.int(0) == 20_000)
            #expect(try row.int(1) == 199_990_000)
            #expect(try row.string(2) == filler)
            #expect(try connection.copyIn("COPY \(table) FROM STDIN", rows: [[PostgresValue]]()) == 0)
        }
    }

    @Test func aRowThatCannotBeSentLeavesNothing() async throws {
        try await withTable("id int, value text") { connection, table in
            let bad: [[PostgresValue]] = [[1, "fine"], [2, .text("NUL \0")], [3, "never sent"]]
            let error = try #require(
                #expect(throws: PostgresError.self) { try connection.copyIn("COPY \(table) FROM STDIN", rows: bad) })
            #expect(error.kind == .misuse)
            #expect(error.message.contains("NUL"))
            let empty = try #require(
                #expect(throws: PostgresError.self) { try connection.copyIn("COPY \(table) FROM STDIN", rows: [[]]) })
            #expect(empty.kind == .misuse)
            // The connection stays usable.
            #expect(try connection.query("SELECT * FROM \(table)").rows.isEmpty)
        }
    }

    @Test func aRowThatTheServerRefusesLeavesNothing() async throws {
        try await withTable("id int PRIMARY KEY") { connection, table in
            let identity = connection.id
            let duplicate = try #require(
                #expect(throws: PostgresError.self) {
                    try connection.copyIn("COPY \(table) FROM STDIN", rows: [[1], [2], [1]])
                })
            #expect(duplicate.code == SQLState.uniqueViolation)
            #expect(duplicate.constraint == "\(table)_pkey")
            let shape = try #require(
                #expect(throws: PostgresError.self) {
                    try connection.copyIn("COPY \(table) FROM STDIN", rows: [[1, 2]])
                })
            #expect(shape.code == "22P04")
            let unknown = try #require(
                #expect(throws: PostgresError.self) { try connection.copyIn("COPY nowhere FROM STDIN", rows: [[1]]) })
            #expect(unknown.code == "42P01")
            #expect(try connection.query("SELECT * FROM \(table)").rows.isEmpty)
            #expect(connection.id == identity)
        }
    }

    @Test func otherStatementsAreRefused() async throws {
        try await withTable("id int") { connection, table in
            let error = try #require(
                #expect(throws: PostgresError.self) { try connection.copyIn("SELECT 1", rows: [[1]]) })
            #expect(error.kind == .misuse)
            #expect(try connection.query("SELECT 1 AS one").first?.int("one") == 1)
            let viaQuery = try #require(
                #expect(throws: PostgresError.self) { try connection.query("COPY \(table) FROM STDIN") })
            #expect(viaQuery.kind == .misuse)
        }
    }
}
