import Leaderboard
import PostgresClient
import Storage
import TestSupport
import Testing

/// The leases that allow a persister to write to the ledger.
@Suite(.timeLimit(.minutes(1)))
struct LedgerLeaseTests {
    @Test func oneHoldsThem() async throws {
        try await withDatabase { fixture in
            let (first, second) = (try await fixture.ledger(), try await fixture.ledger())
            #expect(try await first.acquireLeases(0..<3) == [0, 1, 2])
            #expect(try await first.acquireLeases(0..<3) == [0, 1, 2])
            #expect(try await second.acquireLeases(0..<5) == [3, 4])
            #expect(try await first.acquireLeases(0..<5) == [0, 1, 2])
        }
    }

    @Test func withoutALeaseNothingIsWritten() async throws {
        try await withDatabase { fixture in
            let (first, second) = (try await fixture.leader(), try await fixture.ledger())
            #expect(await kind { try await second.commit([batch(events(1...2))], from: [:]) } == .conflict)
            _ = try await second.acquireLeases(2..<3)
            #expect(await kind { try await second.commit([batch(events(1...2))], from: [:]) } == .conflict)
            #expect(try await fixture.column("SELECT 1 FROM score_events").isEmpty)
            try await first.commit([batch(events(1...2))], from: [:])
            // Reading needs no lease.
            #expect(try await second.positions() == [0: position(2)])
        }
    }

    /// The leases end with the connection, and a persister no longer relies on those that it held.
    @Test func aLostConnectionLosesTheLeases() async throws {
        try await withDatabase { fixture in
            let session = try await fixture.session()
            let first = PostgresLedger(session: session)
            #expect(try await first.acquireLeases(0..<2) == [0, 1])
            try await first.commit([batch(events(1...2))], from: [:])
            let backend = try await session.withConnection { $0.backendPID }
            _ = try await fixture.column("SELECT pg_terminate_backend(\(backend))")

            let second = try await fixture.ledger()
            try await eventually("the other one gets the leases") { try await second.acquireLeases(0..<1) == [0] }
            let from = [0: position(2)]
            // The first attempt meets the broken connection, or a new one without leases.
            let kinds = [
                await kind { try await first.commit([batch(events(3...4))], from: from) },
                await kind { try await first.commit([batch(events(3...4))], from: from) },
            ]
            #expect(!kinds.contains(nil))
            #expect(kinds.last == .conflict)
            #expect(try await first.acquireLeases(0..<2) == [1])
            try await second.commit([batch(events(3...4))], from: from)
            #expect(try await fixture.column("SELECT count(*) FROM score_events") == ["4"])
        }
    }

    @Test func aSessionThatEndsGivesThemFree() async throws {
        try await withDatabase { fixture in
            let session = try await fixture.session()
            #expect(try await PostgresLedger(session: session).acquireLeases(0..<2) == [0, 1])
            let second = try await fixture.ledger()
            #expect(try await second.acquireLeases(0..<2) == [])
            _ = await session.shutdown()
            try await eventually("the standby gets them") { try await second.acquireLeases(0..<2) == [0, 1] }
        }
    }
}
