/// Decides which migrations to apply, from those of the binary and those of the database. Pure.
package enum MigrationPlan {
    /// - Parameters:
    ///   - migrations: those of the binary, each with its checksum.
    ///   - applied: those of the database.
    /// - Returns: the migrations to apply, in order.
    /// - Throws: `.misuse` with one of the `migration…` codes, and a message that says what to do.
    package static func pending(
        _ migrations: [(migration: Migration, checksum: String)], applied: [AppliedMigration],
        at place: PostgresError.Place
    ) throws(PostgresError) -> [(migration: Migration, checksum: String)] {
        try checkNumbers(migrations.map(\.migration), at: place)
        let applied = applied.sorted { $0.number < $1.number }
        if let unknown = applied.last, unknown.number > migrations.count {
            throw refusal(
                PostgresError.Code.migrationAhead,
                "The database has migration \(unknown.number) (\(unknown.name)), but this binary knows "
                    + "\(migrations.count).",
                hint: "Run the newer binary that applied it, or restore the database from before it.", place)
        }
        for (index, row) in applied.enumerated() {
            guard row.number == index + 1 else {
                throw refusal(
                    PostgresError.Code.migrationNumbers,
                    "The database lacks migration \(index + 1), but has migration \(row.number).",
                    hint: "Somebody changed the table schema_migrations; put the missing row back.", place)
            }
            guard row.checksum == migrations[index].checksum else {
                throw refusal(
                    PostgresError.Code.migrationChanged,
                    "Migration \(row.number) (\(row.name)) is not the one that was applied to this database.",
                    hint: "Restore its SQL (SHA-256 \(row.checksum)), and put the change into a new migration.", place)
            }
        }
        return Array(migrations.dropFirst(applied.count))
    }

    private static func checkNumbers(
        _ migrations: [Migration], at place: PostgresError.Place
    ) throws(PostgresError) {
        for (index, migration) in migrations.enumerated() where migration.number != index + 1 {
            throw refusal(
                PostgresError.Code.migrationNumbers,
                "Migration \(migration.number) (\(migration.name)) stands where number \(index + 1) belongs.",
                hint: "Number the migrations 1, 2, 3 and so on, in order.", place)
        }
    }

    private static func refusal(
        _ code: String, _ message: String, hint: String, _ place: PostgresError.Place
    ) -> PostgresError {
        PostgresError(.misuse, code: code, message, hint: hint, at: place)
    }
}
