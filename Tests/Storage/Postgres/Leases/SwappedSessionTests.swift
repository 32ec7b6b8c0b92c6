import Dispatch
import Leaderboard
import PostgresClient
import Storage
import TestSupport
import Testing

/// Poolers that swap the session below a connection.
@Suite(.enabled(if: PgBouncer.isWanted), .timeLimit(.minutes(1)))
struct SwappedSessionTests {
    /// Runs a test with a connection behind a pooler that leaves no marks in sessions, and a second one.
    private func withPooler(
        _ body: (PostgresFixture, PgBouncer, _ first: PostgresPool, _ second: PostgresPool) async throws -> Void
    ) async throws {
        try await withDatabase { fixture in
            let settings = ["server_reset_query_always": "1"]
            try await PgBouncer.run(before: fixture.database.server, mode: .transaction, settings: settings) { pooler in
                var configuration = PostgresConfiguration(url: pooler.url(database: fixture.database.database))
                configuration.poolSize = 1
                let pools = try (0..<2).map { _ in
                    try PostgresPool(configuration: configuration, logger: quietLogger)
                }
                try await body(fixture, pooler, pools[0], pools[1])
                for pool in pools { _ = await pool.shutdown() }
            }
        }
    }

    /// The trouble that a call reports.
    private static func trouble(_ body: () async throws -> Void) async -> StoreError.Trouble? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? StoreError)?.trouble
        }
    }

    @Test("A commit in another session than that of the leases writes nothing")
    func commit() async throws {
        try await withPooler { fixture, _, first, second in
            let ledger = PostgresLedger(session: first)
            #expect(try await ledger.acquireLeases(0..<1) == [0])
            let before = try await first.withConnection { try $0.query("SELECT pg_backend_pid()").rows[0].int(0) }
            // The pooler gives the session to the second client while its transaction lasts.
            let (begun, end) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            async let other = second.transaction { connection in
                let backend = try connection.query("SELECT pg_backend_pid()").rows[0].int(0)
                begun.signal()
                _ = end.wait(timeout: .now() + 8)
                return backend
            }
            try await eventually("the transaction has begun") { begun.wait(timeout: .now()) == .success }
            #expect(await kind { try await ledger.commit([batch(events(1...2))], from: [:]) } == .conflict)
            end.signal()
            #expect(try await other == before)
            #expect(try await fixture.column("SELECT count(*) FROM score_events") == ["0"])
            #expect(try await fixture.column("SELECT count(*) FROM partition_positions") == ["0"])
        }
    }

    @Test("Leases that a pooler has given up are not relied on")
    func locksAreGone() async throws {
        try await withPooler { _, _, first, _ async throws in
            let ledger = PostgresLedger(session: first)
            #expect(try await ledger.acquireLeases(0..<1) == [0])
            #expect(await Self.trouble { try await ledger.keepLeases() } == .sessionsShared)
            #expect(await kind { try await ledger.commit([batch(events(1...2))], from: [:]) } != nil)
        }
    }

    @Test("A ledger takes no leases where sessions are shared", arguments: PgBouncer.Mode.allCases)
    func refusesAtStart(_ mode: PgBouncer.Mode) async throws {
        try await withDatabase { fixture in
            try await PgBouncer.run(before: fixture.database.server, mode: mode) { pooler in
                var configuration = PostgresConfiguration(url: pooler.url(database: fixture.database.database))
                configuration.poolSize = 1
                let session = try PostgresPool(configuration: configuration, logger: quietLogger)
                let ledger = PostgresLedger(session: session, test: SessionTest(configuration, logger: quietLogger))
                if mode == .session {
                    #expect(try await ledger.acquireLeases(0..<1) == [0])
                    try await ledger.commit([batch(events(1...2))], from: [:])
                    try await ledger.keepLeases()
                } else {
                    #expect(await Self.trouble { _ = try await ledger.acquireLeases(0..<1) } == .sessionsShared)
                    #expect(
                        try await fixture.locks() == 0)
                }
                _ = await session.shutdown()
            }
        }
    }
}
