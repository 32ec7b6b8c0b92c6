import PostgresClient
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct MigrationTests {
    private static let first = Migration(
        number: 1, name: "first", sql: "CREATE TABLE one (id int); INSERT INTO one VALUES (1);")
    private static let second = Migration(
        number: 2, name: "second", sql: "ALTER TABLE one ADD COLUMN word text DEFAULT 'it''s';")

    @Test func appliesWhatIsMissingAndOnlyThat() async throws {
        try await TestServer.shared().withDatabase { pool in
            #expect(try await Migrator.pending(pool: pool, migrations: [Self.first]) == [Self.first])
            #expect(try await Migrator.migrate(pool: pool, migrations: [Self.first]) == [Self.first])
            #expect(try await Migrator.pending(pool: pool, migrations: [Self.first]) == [])
            #expect(try await Migrator.pending(pool: pool, migrations: [Self.first, Self.second]) == [Self.second])
            #expect(try await Migrator.migrate(pool: pool, migrations: [Self.first, Self.second]) == [Self.second])
            #expect(try await Migrator.migrate(pool: pool, migrations: [Self.first, Self.second]) == [])
            let rows = try await pool.withConnection { connection in
                try connection.query(
                    """
                    SELECT number, name, checksum = encode(sha256(convert_to($1, 'UTF8')), 'hex') AS is_first,
                           length(checksum) AS length, applied_at > now() - interval '5 minutes' AS recent
                    FROM schema_migrations ORDER BY number
                    """, [.text(Self.first.sql)]
                ).rows.map {
                    (
                        try $0.int("number"), try $0.string("name"), try $0.bool("is_first"), try $0.int("length"),
                        try $0.bool("recent")
                    )
                }
            }
            #expect(rows.map(\.0) == [1, 2])
            #expect(rows.map(\.1) == ["first", "second"])
            #expect(rows.map(\.2) == [true, false])
            #expect(rows.allSatisfy { $0.3 == 64 && $0.4 })
        }
    }

    @Test func eightAtOnceApplyEachMigrationOnce() async throws {
        try await TestServer.shared().withDatabase(size: 4) { pool in
            let applied = try await withThrowingTaskGroup(of: [Migration].self) { group in
                for _ in 0..<8 {
                    group.addTask { try await Migrator.migrate(pool: pool, migrations: [Self.first, Self.second]) }
                }
                return try await group.reduce(into: [Migration]()) { $0 += $1 }
            }
            #expect(applied.sorted { $0.number < $1.number } == [Self.first, Self.second])
            #expect(try await pool.withConnection { try $0.query("SELECT id FROM one").rows.count } == 1)
            let locks = try await pool.withConnection { connection in
                try connection.query(
                    """
                    SELECT 1 FROM pg_locks WHERE locktype = 'advisory'
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """
                ).rows.count
            }
            #expect(locks == 0)
        }
    }

    @Test func aFailingMigrationLeavesNothing() async throws {
        let bad = Migration(number: 2, name: "bad", sql: "CREATE TABLE two (id int); SELECT 1 / 0;")
        try await TestServer.shared().withDatabase { pool in
            let error = try await postgresError {
                try await Migrator.migrate(pool: pool, migrations: [Self.first, bad])
            }
            #expect(error.code == "22012")
            #expect(error.message.contains("Migration 2 (bad) failed"))
            let tables = try await pool.withConnection { connection in
                try connection.query(
                    "SELECT to_regclass('one') IS NOT NULL AS one, to_regclass('two') IS NOT NULL AS two"
                ).first
            }
            #expect(try tables?.bool("one") == true)
            #expect(try tables?.bool("two") == false)
            #expect(try await Migrator.pending(pool: pool, migrations: [Self.first, Self.second]) == [Self.second])
            #expect(try await Migrator.migrate(pool: pool, migrations: [Self.first, Self.second]) == [Self.second])
        }
    }

    @Test func aMigrationMustNotEndItsTransaction() async throws {
        let bad = Migration(number: 1, name: "bad", sql: "CREATE TABLE two (id int); COMMIT;")
        try await TestServer.shared().withDatabase { pool in
            let error = try await postgresError { try await Migrator.migrate(pool: pool, migrations: [bad]) }
            #expect(error.kind == .misuse)
            #expect(error.message.contains("COMMIT"))
        }
    }

    @Test func changedAndUnknownMigrationsAreRefused() async throws {
        try await TestServer.shared().withDatabase { pool in
            try await Migrator.migrate(pool: pool, migrations: [Self.first, Self.second])
            let edited = Migration(number: 1, name: "first", sql: Self.first.sql + " ")
            let attempts: [([Migration], String)] = [
                ([edited, Self.second], PostgresError.Code.migrationChanged),
                ([Self.first], PostgresError.Code.migrationAhead),
            ]
            for (migrations, code) in attempts {
                let refused = try await postgresError { try await Migrator.migrate(pool: pool, migrations: migrations) }
                #expect(refused.code == code)
                #expect(refused.kind == .misuse)
                #expect(refused.hint?.isEmpty == false)
                let unready = try await postgresError { try await Migrator.pending(pool: pool, migrations: migrations) }
                #expect(unready.code == code)
            }
            // Migrations are identified by number and checksum, so a name may change.
            let renamed = Migration(number: 1, name: "renamed", sql: Self.first.sql)
            #expect(try await Migrator.migrate(pool: pool, migrations: [renamed, Self.second]) == [])
        }
    }

    @Test func theWaitForTheLockIsBounded() async throws {
        try await TestServer.shared().withDatabase { pool in
            // The first migrator stands for another process. Wait until its session holds the lock.
            let slow = Migration(number: 1, name: "slow", sql: "CREATE TABLE slow (id int); SELECT pg_sleep(5);")
            async let first = Migrator.migrate(pool: pool, migrations: [slow])
            try await eventually("the first one holds the lock") {
                try await pool.withConnection { connection in
                    try !connection.query(
                        """
                        SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                        """
                    ).rows.isEmpty
                }
            }
            let error = try await postgresError {
                try await Migrator.migrate(pool: pool, migrations: [slow], lockWait: .milliseconds(50))
            }
            #expect(error.kind == .timeout)
            #expect(error.code == PostgresError.Code.migrationLock)
            #expect(try await first == [slow])
        }
    }

    @Test(arguments: [[2], [1, 3], [1, 1], [0, 1], [2, 1]])
    func numbersRunFromOneWithoutGaps(numbers: [Int]) throws {
        let migrations = numbers.map { (migration: Migration(number: $0, name: "m", sql: ""), checksum: "c") }
        let error = try #require(
            #expect(throws: PostgresError.self) {
                try MigrationPlan.pending(migrations, applied: [], at: .init(file: "f", line: 1))
            })
        #expect(error.code == PostgresError.Code.migrationNumbers)
    }

    @Test func aGapInTheDatabaseIsRefused() throws {
        let migrations = (1...3).map { (migration: Migration(number: $0, name: "m\($0)", sql: ""), checksum: "c\($0)") }
        let applied = [1, 3].map { AppliedMigration(number: $0, name: "m\($0)", checksum: "c\($0)") }
        let error = try #require(
            #expect(throws: PostgresError.self) {
                try MigrationPlan.pending(migrations, applied: applied, at: .init(file: "f", line: 1))
            })
        #expect(error.code == PostgresError.Code.migrationNumbers)
    }
}
