import PostgresClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct TransactionTests {
    private struct Refused: Error {}

    private func withTable<Value>(
        _ body: (PostgresPool, String) async throws -> Value
    ) async throws -> Value {
        let table = fresh("ledger")
        return try await TestServer.shared().withPool(size: 2) { pool in
            try await pool.withConnection {
                _ = try $0.query(
                    "CREATE TABLE \(table) (id int CONSTRAINT \(table)_once UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            }
            return try await body(pool, table)
        }
    }

    private func count(_ table: String, _ pool: PostgresPool) async throws -> Int64 {
        try await pool.withConnection { try #require(try $0.query("SELECT count(*) FROM \(table)").first).int(0) }
    }

    @Test func commitsWhenTheBodyReturns() async throws {
        try await withTable { pool, table in
            let value = try await pool.transaction { connection in
                #expect(connection.isInTransaction)
                try connection.execute("INSERT INTO \(table) VALUES (1), (2)")
                return "done"
            }
            #expect(value == "done")
            #expect(try await count(table, pool) == 2)
        }
    }

    @Test func rollsBackWhenTheBodyThrows() async throws {
        try await withTable { pool, table in
            await #expect(throws: Refused.self) {
                try await pool.transaction { connection in
                    try connection.execute("INSERT INTO \(table) VALUES (1)")
                    throw Refused()
                }
            }
            let failed = try await postgresError {
                try await pool.transaction { connection in
                    try connection.execute("INSERT INTO \(table) VALUES (1)")
                    try connection.query("SELECT 1 / 0")
                }
            }
            #expect(failed.code == "22012")
            #expect(try await count(table, pool) == 0)
        }
    }

    @Test func aRefusedCommitIsKnownToBeRolledBack() async throws {
        try await withTable { pool, table in
            let error = try await postgresError {
                try await pool.transaction { _ = try $0.execute("INSERT INTO \(table) VALUES (1), (1)") }
            }
            #expect(error.kind == .server)
            #expect(error.code == SQLState.uniqueViolation)
            #expect(error.constraint == "\(table)_once")
            #expect(!error.effectUnknown)
            #expect(try await count(table, pool) == 0)
        }
    }

    @Test func aSwallowedFailureDoesNotPassForACommit() async throws {
        try await withTable { pool, table in
            let error = try await postgresError {
                try await pool.transaction { connection in
                    try connection.execute("INSERT INTO \(table) VALUES (1)")
                    _ = try? connection.query("SELECT 1 / 0")
                }
            }
            #expect(error.kind == .server)
            #expect(error.code == PostgresError.Code.rolledBack)
            #expect(try await count(table, pool) == 0)
        }
    }

    @Test func transactionsNeitherNestNorOutliveTheirBody() async throws {
        try await withTable { pool, table in
            let nested = try await postgresError {
                try await pool.transaction { try $0.transaction { _ in } }
            }
            #expect(nested.kind == .misuse)
            let leftOpen = try await postgresError {
                try await pool.withConnection { connection in
                    try connection.query("BEGIN")
                    try connection.execute("INSERT INTO \(table) VALUES (1)")
                }
            }
            #expect(leftOpen.kind == .misuse)
            let endedEarly = try await postgresError {
                try await pool.transaction { _ = try $0.query("ROLLBACK") }
            }
            #expect(endedEarly.kind == .misuse)
            for _ in 0..<4 {
                #expect(try await !pool.withConnection { $0.isInTransaction })
            }
            #expect(try await count(table, pool) == 0)
        }
    }

    @Test func isolationIsAsAsked() async throws {
        try await withTable { pool, _ in
            for level in [PostgresIsolation.readCommitted, .repeatableRead, .serializable] {
                let shown = try await pool.transaction(isolation: level) {
                    try #require(try $0.query("SHOW transaction_isolation").first).string(0)
                }
                #expect(shown == level.rawValue.lowercased())
            }
        }
    }
}
