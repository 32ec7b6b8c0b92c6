import Basics

/// Brings a database up to the schema that this binary was written for.
///
/// An advisory lock lets one process migrate at a time. Each migration runs in its own transaction, together with its
/// row in `schema_migrations(number, name, checksum, applied_at)`, so that a migration is applied as a whole or not at
/// all.
public enum Migrator {
    /// The advisory lock's key, the same for every version of the program.
    static let lockKey: Int64 = 0x5C07_ECA5_0000_0001

    /// Applies what is missing.
    /// - Parameters:
    ///   - pool: the database; one of its connections is in use until the end.
    ///   - migrations: all migrations, in order, numbered from 1.
    ///   - lockWait: how long to wait for another process that migrates.
    ///   - statementTimeout: bound on each statement of a migration, and on each migration as seen from here.
    /// - Returns: the migrations that this call applied.
    /// - Throws: `.misuse` with a `migration…` code if the database and `migrations` do not go together, before any is
    ///   applied; `.timeout` with ``PostgresError/Code/migrationLock``; the failure of a migration, with its number in
    ///   the message, in which case it and all after it were not applied.
    @discardableResult
    public static func migrate(
        pool: PostgresPool, migrations: [Migration], lockWait: Duration = .seconds(60),
        statementTimeout: Duration = .seconds(600), file: String = #fileID, line: UInt = #line
    ) async throws -> [Migration] {
        let place = PostgresError.Place(file: file, line: line)
        let deadline = Instant.now + lockWait
        let pause = Backoff(base: .milliseconds(20), cap: .milliseconds(500))
        var attempts = 0
        while true {
            // Tries the lock and does not wait for it, so that a waiting process does not hold a thread of its pool.
            let applied = try await pool.withConnection(file: file, line: line) { connection in
                try underLock(connection) {
                    try connection.withStatementTimeout(statementTimeout, file: file, line: line) {
                        try applyPending(migrations, on: connection, at: place)
                    }
                }
            }
            if let applied { return applied }
            guard Instant.now < deadline else {
                throw PostgresError(
                    .timeout, code: PostgresError.Code.migrationLock,
                    "Another process has been migrating this database for \(lockWait).",
                    hint: "Wait for it and try again, or end it: pg_locks shows its advisory lock.", at: place)
            }
            attempts += 1
            try await Task.sleep(for: pause.wait(failures: attempts))
        }
    }

    /// The migrations that the database lacks; empty if it is up to date. Changes nothing and takes no lock.
    /// - Throws: as ``migrate(pool:migrations:lockWait:statementTimeout:file:line:)`` if the two do not go together.
    public static func pending(
        pool: PostgresPool, migrations: [Migration], file: String = #fileID, line: UInt = #line
    ) async throws -> [Migration] {
        let place = PostgresError.Place(file: file, line: line)
        return try await pool.withConnection(file: file, line: line) { connection in
            let table = try connection.query("SELECT to_regclass('schema_migrations') IS NOT NULL AS found")
            let applied = try table.first?.bool("found") == true ? appliedMigrations(connection) : []
            return try plan(migrations, applied, on: connection, at: place).map(\.migration)
        }
    }

    /// Runs `body` while this connection holds the lock; `nil` if another one holds it.
    private static func underLock<Value>(
        _ connection: PostgresConnection, _ body: () throws -> Value
    ) throws -> Value? {
        let answer = try connection.query("SELECT pg_try_advisory_lock($1) AS locked", [.int(lockKey)])
        guard try answer.first?.bool("locked") == true else { return nil }
        defer {
            // The lock belongs to the session, which lives on in the pool.
            do { try connection.query("SELECT pg_advisory_unlock($1)", [.int(lockKey)]) } catch { connection.close() }
        }
        return try body()
    }

    private static func applyPending(
        _ migrations: [Migration], on connection: PostgresConnection, at place: PostgresError.Place
    ) throws -> [Migration] {
        try checkDatabase(connection, at: place)
        try connection.query(
            """
            CREATE TABLE IF NOT EXISTS schema_migrations (
                number integer PRIMARY KEY,
                name text NOT NULL,
                checksum text NOT NULL,
                applied_at timestamptz NOT NULL DEFAULT now()
            )
            """)
        let applied = try appliedMigrations(connection)
        let pending = try plan(migrations, applied, on: connection, at: place)
        for (migration, checksum) in pending { try apply(migration, checksum, on: connection, at: place) }
        return pending.map(\.migration)
    }

    /// The database must be able to hold all text, and must have a schema for tables.
    private static func checkDatabase(_ connection: PostgresConnection, at place: PostgresError.Place) throws {
        let sql = """
            SELECT current_setting('server_encoding') AS encoding, current_database() AS name,
                current_schema() AS schema
            """
        guard let row = try connection.query(sql).first else { return }
        let encoding = try row.string("encoding")
        guard encoding == "UTF8" else {
            throw PostgresError(
                .misuse, code: PostgresError.Code.badDatabase,
                "The database \(try row.string("name")) has the encoding \(encoding), which cannot hold all names of "
                    + "users: it must be UTF8.",
                hint: "Make another one and name it in the URL: CREATE DATABASE scorecast_utf8 ENCODING 'UTF8' "
                    + "LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;", at: place)
        }
        guard try row.stringOrNil("schema") != nil else {
            throw PostgresError(
                .misuse, code: PostgresError.Code.badDatabase,
                "There is no schema for tables: search_path names none that exists and is open to this role.",
                hint: "CREATE SCHEMA, GRANT USAGE, CREATE ON SCHEMA, or ALTER ROLE … SET search_path.", at: place)
        }
    }

    private static func apply(
        _ migration: Migration, _ checksum: String, on connection: PostgresConnection, at place: PostgresError.Place
    ) throws {
        do {
            try connection.transaction { connection in
                try connection.script(migration.sql)
                guard connection.isInTransaction else {
                    throw PostgresError.misuse("It ends its own transaction: remove its COMMIT or ROLLBACK.", at: place)
                }
                try connection.execute(
                    "INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)",
                    [.int(Int64(migration.number)), .text(migration.name), .text(checksum)])
            }
        } catch let error as PostgresError {
            throw PostgresError(
                error.kind, code: error.code,
                "Migration \(migration.number) (\(migration.name)) failed: \(error.message)", detail: error.detail,
                hint: error.hint, constraint: error.constraint, effectUnknown: error.effectUnknown, at: place)
        }
    }

    private static func appliedMigrations(_ connection: PostgresConnection) throws -> [AppliedMigration] {
        try connection.query("SELECT number, name, checksum FROM schema_migrations ORDER BY number").rows.map { row in
            AppliedMigration(
                number: Int(try row.int("number")), name: try row.string("name"), checksum: try row.string("checksum"))
        }
    }

    /// The checksums are taken by the server, which has SHA-256 at hand (since Postgres 11).
    private static func plan(
        _ migrations: [Migration], _ applied: [AppliedMigration], on connection: PostgresConnection,
        at place: PostgresError.Place
    ) throws -> [(migration: Migration, checksum: String)] {
        let result = try connection.query(
            """
            SELECT encode(sha256(convert_to(sql, 'UTF8')), 'hex') AS checksum
            FROM unnest($1::text[]) WITH ORDINALITY AS migration(sql, position)
            ORDER BY position
            """, [.textArray(migrations.map(\.sql))])
        let checksums = try result.rows.map { try $0.string("checksum") }
        return try MigrationPlan.pending(
            zip(migrations, checksums).map { (migration: $0, checksum: $1) }, applied: applied, at: place)
    }
}
