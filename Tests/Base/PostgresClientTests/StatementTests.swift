import PostgresClient
import Testing

/// Errors of the server, and the timeouts of statements.
@Suite(.timeLimit(.minutes(2))) struct StatementTests {
    @Test func serverErrorsCarryTheirFields() async throws {
        let table = fresh("unique")
        try await TestServer.shared().withPool(size: 1) { pool in
            try await pool.withConnection { connection in
                try connection.query("CREATE TABLE \(table) (id int PRIMARY KEY)")
                try connection.execute("INSERT INTO \(table) VALUES (1)")
                // Outside `#expect`, because its expansion has its own line numbers.
                let line = UInt(#line) + 2
                let insert: () throws -> Void = {
                    try connection.execute("INSERT INTO \(table) VALUES (1)")
                }
                let error = try #require(#expect(throws: PostgresError.self, performing: insert))
                #expect(error.kind == .server)
                #expect(error.code == "23505")
                #expect(error.constraint == "\(table)_pkey")
                #expect(error.detail?.contains("already exists") == true)
                #expect(!error.effectUnknown && !error.isTransient)
                #expect(error.place == .init(file: #fileID, line: line))
                #expect(try connection.query("SELECT 1 AS one").first?.int("one") == 1)
            }
        }
    }

    @Test func statementTimeoutIsKeptByTheServer() async throws {
        try await TestServer.shared().withPool(size: 1, { $0.statementTimeout = .milliseconds(100) }) { pool in
            let identity = try await pool.withConnection { $0.id }
            let error = try await postgresError {
                try await pool.withConnection { _ = try $0.query("SELECT pg_sleep(30)") }
            }
            #expect(error.kind == .timeout)
            #expect(error.code == "57014")
            #expect(!error.effectUnknown)
            #expect(try await pool.withConnection { $0.id } == identity)
        }
    }

    @Test func aLongerTimeoutForOneBodyAndNoLonger() async throws {
        try await TestServer.shared().withPool(size: 1, { $0.statementTimeout = .milliseconds(1500) }) { pool in
            let (within, after) = try await pool.withConnection { connection in
                func shown() throws -> String {
                    try #require(try connection.query("SHOW statement_timeout").first).string(0)
                }
                let within = try connection.withStatementTimeout(.seconds(7)) { try shown() }
                return (within, try shown())
            }
            #expect(within == "7s")
            #expect(after == "1500ms")
            let identity = try await pool.withConnection { $0.id }
            await #expect(throws: PostgresError.self) {
                try await pool.withConnection { connection in
                    try connection.withStatementTimeout(.seconds(7)) {
                        try connection.query("BEGIN")
                        try connection.query("SELECT 1 / 0")
                    }
                }
            }
            // The setting could not be restored, so the session is not used again.
            #expect(try await pool.withConnection { $0.id } != identity)
        }
    }

    @Test func scriptsRunWholeOrNotAtAll() async throws {
        let table = fresh("scripted")
        try await TestServer.shared().withPool(size: 1) { pool in
            try await pool.withConnection { connection in
                try connection.script(
                    """
                    CREATE TABLE \(table) (id int); -- a comment; with a semicolon
                    INSERT INTO \(table) VALUES (1);
                    DO $$ BEGIN PERFORM 1; END $$;
                    """)
                let error = try #require(
                    #expect(throws: PostgresError.self) {
                        try connection.script(
                            "INSERT INTO \(table) VALUES (2); SELECT nonsense; INSERT INTO \(table) VALUES (3)")
                    })
                #expect(error.code == "42703")
                #expect(try connection.query("SELECT id FROM \(table)").rows.map { try $0.int(0) } == [1])
            }
        }
    }

    @Test func largeStatementsAndResultsPass() async throws {
        try await TestServer.shared().withPool(size: 1) { pool in
            let text = String(repeating: "0123456789abcdef", count: 512 * 1024)
            let row = try await pool.withConnection {
                try #require(try $0.query("SELECT $1::text AS text, md5($1::text) AS sum", [.text(text)]).first)
            }
            #expect(try row.string("text") == text)
        }
    }
}
