import PostgresClient
import Testing

/// Reading values from a result, and the errors for missing or unsuitable ones.
@Suite(.timeLimit(.minutes(2))) struct ResultTests {
    private func row(_ sql: String) async throws -> PostgresRow {
        try await TestServer.shared().withPool(size: 1) { pool in
            try await pool.withConnection { try #require(try $0.query(sql).first) }
        }
    }

    @Test func columnsByNameAndIndex() async throws {
        let row = try await row("SELECT 1 AS a, 'two' AS b, NULL::int AS c, 4 AS a")
        #expect(try row.int("a") == 1)
        #expect(try row.int(3) == 4)
        #expect(try row.string(1) == "two")
        #expect(try row.isNull("c"))
        #expect(try row.intOrNil("c") == nil)
        #expect(try row.stringOrNil("c") == nil)
        #expect(try row.boolOrNil("c") == nil)
        #expect(try row.doubleOrNil("c") == nil)
        #expect(try row.intOrNil("a") == 1)
    }

    @Test func errorsNameTheColumn() async throws {
        let row = try await row(
            "SELECT NULL::int AS empty, 'text' AS word, '{{1},{2}}'::int[] AS deep, '{1,NULL}'::int[] AS holes")
        let reads: [(String, () throws -> Void)] = [
            ("empty", { _ = try row.int("empty") }), ("empty", { _ = try row.string("empty") }),
            ("word", { _ = try row.int("word") }), ("word", { _ = try row.boolOrNil("word") }),
            ("word", { _ = try row.double("word") }), ("word", { _ = try row.textArray("word") }),
            ("deep", { _ = try row.textArray("deep") }), ("holes", { _ = try row.intArray("holes") }),
            ("missing", { _ = try row.int("missing") }), ("9", { _ = try row.int(9) }), ("-1", { _ = try row.int(-1) }),
        ]
        for (name, read) in reads {
            let error = try #require(#expect(throws: PostgresError.self) { try read() })
            #expect(error.kind == .decoding)
            #expect(error.message.contains(name))
            #expect(error.place.file.hasSuffix("ResultTests.swift"))
        }
    }

    @Test func rowsAndCounts() async throws {
        let table = fresh("counted")
        try await TestServer.shared().withPool(size: 1) { pool in
            try await pool.withConnection { connection in
                #expect(try connection.execute("CREATE TABLE \(table) (n int)") == 0)
                #expect(try connection.execute("INSERT INTO \(table) SELECT generate_series(1, 7)") == 7)
                #expect(try connection.execute("UPDATE \(table) SET n = n + 1 WHERE n > $1", [3]) == 4)
                let result = try connection.query("SELECT n FROM \(table) ORDER BY n")
                #expect(try result.rows.map { try $0.int("n") } == [1, 2, 3, 5, 6, 7, 8])
                #expect(result.columns == ["n"])
                #expect(try connection.query("SELECT 1 WHERE false").first == nil)
                #expect(try connection.query("").rows.isEmpty)
            }
        }
    }

    @Test func bytesThatAreNotUTF8AreAnError() async throws {
        try await TestServer.shared().withPool(size: 1) { pool in
            let row = try await pool.withConnection { connection in
                defer { connection.close() }
                try connection.query("SET client_encoding = 'LATIN1'")
                return try #require(try connection.query("SELECT U&'\\00e9' AS bytes").first)
            }
            let error = try #require(#expect(throws: PostgresError.self) { try row.string("bytes") })
            #expect(error.kind == .decoding)
            #expect(error.message.contains("UTF-8"))
        }
    }
}
