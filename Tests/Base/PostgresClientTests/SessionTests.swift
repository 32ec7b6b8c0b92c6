import Basics
import PostgresClient
import TestSupport
import Testing

/// Every session has the same settings, whatever the database, the role or the server sets.
@Suite(.timeLimit(.minutes(2))) struct SessionTests {
    /// Runs `body` with a new role on the shared server that has its own settings, and with a pool for this role.
    private func withRole<Value>(
        _ settings: [String: String] = [:], size: Int = 1, change: (inout PostgresConfiguration) -> Void = { _ in },
        _ body: (_ pool: PostgresPool, _ admin: PostgresPool, _ role: String) async throws -> Value
    ) async throws -> Value {
        let server = try await TestServer.shared()
        let role = fresh("role")
        return try await server.withPool(size: 1) { admin in
            try await admin.withConnection { connection in
                try connection.script("CREATE ROLE \(role) LOGIN PASSWORD 'pw'")
                for (name, value) in settings { try connection.script("ALTER ROLE \(role) SET \(name) = '\(value)'") }
            }
            var configuration = PostgresConfiguration(
                url: "postgresql://\(role):pw@127.0.0.1:\(server.port)/postgres")
            configuration.poolSize = size
            configuration.acquireTimeout = .seconds(20)
            configuration.reconnectBackoff = Backoff(base: .milliseconds(5), cap: .milliseconds(50))
            change(&configuration)
            return try await TestServer.withPool(configuration) { try await body($0, admin, role) }
        }
    }

    // MARK: - Settings of a role

    @Test func hostileSettingsOfARoleChangeNothing() async throws {
        let hostile = [
            "statement_timeout": "1ms", "lock_timeout": "1ms", "idle_in_transaction_session_timeout": "1ms",
            "idle_session_timeout": "1ms", "datestyle": "SQL, DMY", "intervalstyle": "sql_standard",
            "timezone": "Asia/Kathmandu", "bytea_output": "escape", "extra_float_digits": "-15",
            "standard_conforming_strings": "off", "array_nulls": "off", "client_encoding": "LATIN1",
            "default_transaction_isolation": "serializable", "default_transaction_deferrable": "on",
            "row_security": "off", "client_min_messages": "debug5", "synchronous_commit": "off",
        ]
        try await withRole(hostile) { pool, _, _ in
            let names = hostile.keys.sorted()
            let shown = try await pool.withConnection { connection in
                try names.map { try #require(try connection.query("SHOW \($0)").first).string(0) }
            }
            let wanted = [
                "array_nulls": "on", "bytea_output": "hex", "client_encoding": "UTF8", "client_min_messages": "notice",
                "datestyle": "ISO, MDY", "default_transaction_deferrable": "off",
                "default_transaction_isolation": "read committed", "extra_float_digits": "1",
                "idle_in_transaction_session_timeout": "30s", "idle_session_timeout": "0", "intervalstyle": "postgres",
                "lock_timeout": "0", "row_security": "on", "standard_conforming_strings": "on",
                "statement_timeout": "10s", "synchronous_commit": "on", "timezone": "UTC",
            ]
            #expect(Dictionary(zip(names, shown), uniquingKeysWith: { $1 }) == wanted)
            // The text forms in both directions depend on these settings.
            let row = try await pool.withConnection { connection in
                try connection.query(
                    "SELECT $1::timestamptz AS at, $2::text[] AS list, 'a\\b' AS text, 'é'::text AS letter, "
                        + "pg_sleep(0.01)",
                    [.timestamp(milliseconds: 1_790_000_000_123), .textArray(["a", nil, "b\\\"{},"])]
                ).first
            }
            let first = try #require(row)
            #expect(try first.string("at") == "2026-09-21 14:13:20.123+00")
            #expect(try first.textArray("list") == ["a", nil, "b\\\"{},"])
            #expect(try first.string("text") == "a\\b" && first.string("letter") == "é")
        }
    }

    /// Operators may ask for stronger commits than Scorecast does.
    @Test func onlyAWeakCommitIsReplaced() async throws {
        try await withRole(["synchronous_commit": "remote_apply", "search_path": "elsewhere"]) { pool, _, _ in
            let shown = try await pool.withConnection { connection in
                try ["synchronous_commit", "search_path"].map {
                    try #require(try connection.query("SHOW \($0)").first).string(0)
                }
            }
            #expect(shown == ["remote_apply", "elsewhere"])
        }
    }

    // MARK: - Servers that cannot be used

    @Test func aServerThatOnlyReadsIsNoServer() async throws {
        try await withRole(
            ["default_transaction_read_only": "on"], change: { $0.acquireTimeout = .seconds(5) }
        ) { pool, admin, role in
            let error = try await postgresError { try await pool.withConnection { _ = try $0.query("SELECT 1") } }
            #expect(error.kind == .connection)
            #expect(error.detail?.contains("default_transaction_read_only") == true)
            try await admin.withConnection { try $0.script("ALTER ROLE \(role) RESET default_transaction_read_only") }
            try await eventually("it is tried again") {
                (try? await pool.withConnection { try $0.query("SELECT 1").rows.count }) == 1
            }
        }
    }

    /// If a server turns read-only while sessions are open, the refused write has certainly not happened, and none of
    /// these sessions is used again.
    @Test func sessionsGoWhenTheServerOnlyReads() async throws {
        try await withRole(size: 3) { pool, admin, role in
            try await admin.withConnection {
                try $0.script("CREATE TABLE \(role) (id int); GRANT ALL ON \(role) TO \(role)")
            }
            // Open three sessions at once, and make their transactions read-only.
            let gate = Gate()
            let sessions = try await withThrowingTaskGroup(of: UInt64.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        try await pool.withConnection { connection in
                            try connection.script("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
                            gate.pass()
                            return connection.id
                        }
                    }
                }
                try await eventually("three sessions") { gate.entered == 3 }
                gate.open(3)
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(sessions.count == 3)
            let error = try await postgresError {
                try await pool.withConnection { _ = try $0.execute("INSERT INTO \(role) VALUES (1)") }
            }
            #expect(error.code == SQLState.readOnly && !error.effectUnknown && error.isTransient)
            for _ in 0..<9 {
                let id = try await pool.withConnection { connection in
                    try connection.execute("INSERT INTO \(role) VALUES (2)")
                    return connection.id
                }
                #expect(!sessions.contains(id))
            }
        }
    }

    @Test(arguments: [
        (false, false, "origin", "", nil), (true, true, "origin", "", "read_only_server"),
        (true, false, "origin", "", "read_only_server"), (false, true, "origin", "", "read_only_server"),
        (false, false, "replica", "", "bad_session"), (false, false, "origin", "77", "shared_session"),
    ])
    func whatMakesASessionUseless(
        recovering: Bool, readOnly: Bool, role: String, mark: String, code: String?
    ) {
        let refusal = SessionSetup.refusal(
            recovering: recovering, readOnly: readOnly, replicationRole: role, mark: mark,
            at: .init(file: #fileID, line: #line))
        #expect(refusal?.code == code)
        #expect(refusal == nil || refusal?.hint != nil)
    }

    /// A pooler that gives a session to another client without a reset leaves the other client's mark in it.
    @Test func aSessionWithSomebodyElsesMarkIsRefused() async throws {
        try await withRole(
            ["\"scorecast.session\"": "17"], change: { $0.acquireTimeout = .seconds(5) }
        ) { pool, _, _ in
            let error = try await postgresError { try await pool.withConnection { _ = try $0.query("SELECT 1") } }
            #expect(error.kind == .connection && error.detail?.contains("marks of another one") == true)
        }
    }

    // MARK: - Several servers

    @Test func eachAttemptBeginsWithAnotherServer() {
        let url = "postgresql://u@h1:1,h2:2,h3:3/db?hostaddr=10.0.0.1,10.0.0.2,10.0.0.3"
        func hosts(_ url: String, _ attempt: Int) -> [String: String] {
            PostgresConfiguration(url: url).parameters(attempt: attempt)
        }
        #expect(hosts(url, 0)["host"] == "h1,h2,h3" && hosts(url, 3)["host"] == "h1,h2,h3")
        let second = hosts(url, 1)
        #expect(second["host"] == "h2,h3,h1" && second["port"] == "2,3,1")
        #expect(second["hostaddr"] == "10.0.0.2,10.0.0.3,10.0.0.1")
        #expect(second["target_session_attrs"] == "read-write")
        let one = hosts("postgresql://u@h1/db?target_session_attrs=any", 7)
        #expect(one["host"] == "h1" && one["target_session_attrs"] == "any")
        #expect(hosts("postgresql://u@h1,h2/db?port=7", 1)["port"] == "7")
        // A pooler in session mode refuses `options` in the startup message.
        #expect(hosts(url, 0)["options"] == nil)
    }

    @Test func aServerThatDoesNotAnswerHidesNoOther() async throws {
        let server = try await TestServer.shared()
        let silent = try SilentListener()
        let login = "scorecast:\(TestServer.password.percentEncoded)"
        var configuration = PostgresConfiguration(
            url: "postgresql://\(login)@127.0.0.1:\(silent.port),127.0.0.1:\(server.port)/postgres?sslmode=disable")
        configuration.poolSize = 1
        configuration.connectTimeout = .milliseconds(500)
        configuration.acquireTimeout = .seconds(20)
        let pool = try PostgresPool(configuration: configuration, logger: quietLogger)
        #expect(try await pool.withConnection { try $0.query("SELECT 1").rows.count } == 1)
        await pool.shutdown()
    }

    // MARK: - Databases

    @Test(arguments: ["SQL_ASCII", "LATIN1"])
    func migrationsWantADatabaseForAllText(encoding: String) async throws {
        let server = try await TestServer.shared()
        let name = fresh("db")
        try await server.withPool(size: 1) { pool in
            try await pool.withConnection {
                try $0.script(
                    "CREATE DATABASE \(name) ENCODING '\(encoding)' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
            }
        }
        var configuration = PostgresConfiguration(url: server.url(database: name))
        configuration.acquireTimeout = .seconds(20)
        let pool = try PostgresPool(configuration: configuration, logger: quietLogger)
        let error = try await postgresError {
            try await Migrator.migrate(
                pool: pool, migrations: [.init(number: 1, name: "a", sql: "CREATE TABLE a (i int)")])
        }
        await pool.shutdown()
        #expect(error.code == PostgresError.Code.badDatabase)
        #expect(error.message.contains(encoding) && error.hint?.contains("ENCODING 'UTF8'") == true)
    }

    @Test func migrationsWantASchema() async throws {
        try await withRole(["search_path": "nowhere"]) { pool, _, _ in
            let error = try await postgresError { try await Migrator.migrate(pool: pool, migrations: []) }
            #expect(error.code == PostgresError.Code.badDatabase && error.message.contains("search_path"))
        }
    }
}
