import Leaderboard
import PostgresClient
import Storage
import TestSupport
import Testing

/// A migrated database with helpers for tests.
struct PostgresFixture: Sendable {
    let database: TestPostgres
    /// A pool for queries outside the stores.
    let pool: PostgresPool
    private let opened: Opened

    /// The sessions that the test has opened. They are closed after it.
    private actor Opened {
        var pools: [PostgresPool] = []
        func add(_ pool: PostgresPool) { pools.append(pool) }
    }

    fileprivate init(database: TestPostgres, pool: PostgresPool) {
        (self.database, self.pool, opened) = (database, pool, Opened())
    }

    /// Returns a ledger with its own session, like that of one persister.
    func ledger() async throws -> PostgresLedger {
        PostgresLedger(session: try await session())
    }

    /// Returns a ledger that holds the leases of partitions 0 and 1.
    func leader() async throws -> PostgresLedger {
        let ledger = try await ledger()
        #expect(try await ledger.acquireLeases(0..<2) == [0, 1])
        return ledger
    }

    /// Returns a pool of one connection.
    func session() async throws -> PostgresPool {
        var configuration = PostgresConfiguration(url: database.url)
        configuration.poolSize = 1
        let pool = try PostgresPool(configuration: configuration, logger: quietLogger)
        await opened.add(pool)
        return pool
    }

    /// Returns the first column of a query, as text.
    func column(_ sql: String) async throws -> [String] {
        try await pool.withConnection { try $0.query(sql).rows.map { try $0.stringOrNil(0) ?? "NULL" } }
    }

    /// The number of advisory locks in this database.
    func locks() async throws -> Int {
        try await column(
            """
            SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database
            WHERE locktype = 'advisory' AND datname = current_database()
            """
        ).count
    }

    /// Runs SQL as an operator would.
    func run(_ sql: String) async throws {
        try await pool.withConnection { try $0.script(sql) }
    }

    fileprivate func end() async {
        for pool in await opened.pools + [pool] { _ = await pool.shutdown(grace: .seconds(5)) }
    }
}

/// Runs a test on a fresh, migrated database of the shared Postgres.
///
/// - Parameter prepare: changes the empty database first.
func withDatabase(
    prepare: (TestPostgres) async throws -> Void = { _ in }, _ body: (PostgresFixture) async throws -> Void
) async throws {
    try await withPostgres { database in
        try await prepare(database)
        let pool = try PostgresPool(configuration: PostgresConfiguration(url: database.url), logger: quietLogger)
        let fixture = PostgresFixture(database: database, pool: pool)
        do {
            try await Migrator.migrate(pool: pool, migrations: Migrations.all)
            try await body(fixture)
        } catch {
            await fixture.end()
            throw error
        }
        await fixture.end()
    }
}

/// Returns events for the ledger, numbered from `first`.
func events(_ range: ClosedRange<Int64>, _ change: (inout LedgerEvent) -> Void = { _ in }) -> [LedgerEvent] {
    range.map { seq in
        var event = LedgerEvent(
            seq: seq, userID: "u\(seq % 3)", action: "kill", nonce: "nonce\(seq)", signature: "signature-\(seq)",
            points: seq, submittedScore: seq.isMultiple(of: 2) ? seq : nil, issuedAt: 1_790_000_000_000 + seq,
            appliedAt: 1_790_000_001_000 + seq,
            outcomes: [
                RankingOutcome(
                    ranking: Ranking(board: "global"), place: .init(score: seq * 10, rank: 1 + seq % 3, isChanged: true)
                )
            ])
        change(&event)
        return event
    }
}

extension LedgerEvent {
    /// The ranking of the first outcome.
    var ranking: Ranking {
        get { outcomes[0].ranking }
        set { outcomes[0].ranking = newValue }
    }

    /// The score of the first outcome.
    var score: Int64 {
        get { outcomes[0].place?.score ?? 0 }
        set { outcomes[0].place?.score = newValue }
    }

    /// The rank of the first outcome.
    var rank: Int64 {
        get { outcomes[0].place?.rank ?? 0 }
        set { outcomes[0].place?.rank = newValue }
    }
}

/// Returns a batch, by default of partition 0 in epoch `e1`.
func batch(_ events: [LedgerEvent], partition: Int = 0, epoch: String = "e1") -> OutboxBatch {
    OutboxBatch(partition: partition, epoch: epoch, events: events)
}

/// Returns the position after the event that `events` creates for a sequence number.
func position(_ seq: Int64, epoch: String = "e1", signature: String? = nil) -> LedgerPosition {
    LedgerPosition(epoch: epoch, seq: seq, signature: signature ?? "signature-\(seq)")
}

/// The kind of the ``StoreError`` that `body` throws; nil if it throws none.
func kind(_ body: () async throws -> Void) async -> StoreError.Kind? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? StoreError)?.kind
    }
}
