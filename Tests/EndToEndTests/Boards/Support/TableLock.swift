import TestSupport

/// A lock on a table of Postgres, which makes all writes of it wait.
struct TableLock {
    private let ledger: PostgresProbe
    private let mark: String
    private let holder: Task<Void, Never>

    /// Takes the lock, and holds it until it is released, for at most 28 s.
    ///
    /// - Parameter table: the table. Reads of it do not wait.
    init(_ table: String, of ledger: PostgresProbe) async throws {
        let mark = "lock-" + Credentials.base64URL(Credentials.randomBytes(6))
        (self.ledger, self.mark) = (ledger, mark)
        holder = Task {
            // Its end by `release` is an error for psql.
            _ = try? await ledger.rows(
                "BEGIN; LOCK TABLE \(table) IN EXCLUSIVE MODE; SELECT pg_sleep(28) /* \(mark) */")
        }
        try await eventually("\(table) is locked") {
            try await ledger.rows(
                """
                SELECT 1 FROM pg_stat_activity JOIN pg_locks USING (pid)
                WHERE query LIKE '%\(mark)%' AND pid <> pg_backend_pid()
                    AND relation = '\(table)'::regclass AND mode = 'ExclusiveLock' AND granted
                """) == ["1"]
        }
    }

    /// Releases the lock.
    func release() async throws {
        _ = try await ledger.rows(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE query LIKE '%\(mark)%' AND pid <> pg_backend_pid()
            """)
        await holder.value
    }
}
