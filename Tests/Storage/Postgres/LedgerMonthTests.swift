import Leaderboard
import PostgresClient
import Storage
import TestSupport
import Testing

/// The ledger's monthly partitions, which are created when an event needs them.
@Suite(.timeLimit(.minutes(1)))
struct LedgerMonthTests {
    private static let query = """
        SELECT c.relname || ' ' || pg_get_expr(c.relpartbound, c.oid)
        FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'score_events'::regclass ORDER BY 1
        """

    private func months(_ fixture: PostgresFixture) async throws -> [String] {
        try await fixture.column(Self.query).map { $0.split(separator: " ").first.map { String($0) } ?? "" }
    }

    /// 2026-12-31 23:59:59.999 UTC.
    private let lastOfTheYear: Int64 = 1_798_761_599_999

    @Test("A table holds exactly one month, also around the turn of a year")
    func statement() {
        let december = LedgerMonth(milliseconds: lastOfTheYear).createTable
        #expect(december.hasPrefix("CREATE TABLE score_events_2026_12 (LIKE score_events "))
        #expect(december.contains("ALTER TABLE score_events ATTACH PARTITION score_events_2026_12 "))
        #expect(december.hasSuffix("FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00')"))
        let january = LedgerMonth(milliseconds: lastOfTheYear + 1).createTable
        #expect(january.contains("score_events_2027_01 "))
        #expect(january.hasSuffix("FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00')"))
        #expect(LedgerMonth(milliseconds: -1).createTable.contains("score_events_1969_12 "))
        #expect(LedgerMonth(milliseconds: 0) == LedgerMonth(milliseconds: 31 * 86_400_000 - 1))
        #expect(LedgerMonth(milliseconds: 0) != LedgerMonth(milliseconds: 31 * 86_400_000))
    }

    /// One commit across the turn of the year, in any time zone of the server.
    @Test(arguments: ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
    func overTheTurnOfTheYear(_ zone: String) async throws {
        try await withDatabase { fixture in
            try await fixture.run("ALTER DATABASE \(fixture.database.database) SET timezone = '\(zone)'")
            let ledger = try await fixture.leader()
            let list = events(1...4) { event in event.issuedAt = lastOfTheYear + event.seq - 2 }
            try await ledger.commit([batch(list)], from: [:])
            #expect(try await months(fixture) == ["score_events_2026_12", "score_events_2027_01"])
            #expect(try await fixture.column("SELECT seq FROM score_events_2026_12 ORDER BY 1") == ["1", "2"])
            #expect(try await fixture.column("SELECT seq FROM score_events_2027_01 ORDER BY 1") == ["3", "4"])
            // The bounds are adjacent, and in UTC.
            let bounds = try await fixture.pool.withConnection { connection in
                _ = try connection.query("SET timezone = 'UTC'")
                return try connection.query(Self.query).rows.map { try $0.string(0) }
            }
            #expect(
                bounds == [
                    "score_events_2026_12 FOR VALUES FROM ('2026-12-01 00:00:00+00') TO ('2027-01-01 00:00:00+00')",
                    "score_events_2027_01 FOR VALUES FROM ('2027-01-01 00:00:00+00') TO ('2027-02-01 00:00:00+00')",
                ])
        }
    }

    /// Several persisters, each with its partitions, meet a new month at the same moment: all of them get through.
    @Test("Several persisters that meet a new month at the same moment all get through")
    func atOnce() async throws {
        try await withDatabase { fixture in
            let count = 6
            var ledgers: [PostgresLedger] = []
            for partition in 0..<count {
                let ledger = try await fixture.ledger()
                #expect(try await ledger.acquireLeases(partition..<partition + 1) == [partition])
                ledgers.append(ledger)
            }
            // Several new months, so that the persisters meet repeatedly.
            for round in 0..<8 {
                try await withThrowingTaskGroup(of: Void.self) { [ledgers] group in
                    for partition in 0..<count {
                        let list = events(Int64(round + 1)...Int64(round + 1)) { event in
                            event.signature = "p\(partition)-\(event.seq)"
                            event.issuedAt = lastOfTheYear + Int64(round) * 31 * 86_400_000
                        }
                        let from =
                            round == 0 ? [:] : [partition: position(Int64(round), signature: "p\(partition)-\(round)")]
                        group.addTask {
                            try await ledgers[partition].commit([batch(list, partition: partition)], from: from)
                        }
                    }
                    try await group.waitForAll()
                }
            }
            #expect(try await months(fixture).count == 8)
            #expect(try await fixture.column("SELECT count(*) FROM score_events") == ["48"])
        }
    }

    @Test("A month that is taken away (archived, or never restored) is made again when it is needed")
    func madeAgain() async throws {
        try await withDatabase { fixture in
            let ledger = try await fixture.leader()
            try await ledger.commit([batch(events(1...2))], from: [:])
            try await fixture.run("DROP TABLE score_events_2026_09")
            let from = [0: position(2)]
            // The ledger notices it by a failure, and recovers.
            _ = try? await ledger.commit([batch(events(3...4))], from: from)
            if try await ledger.positions() == from { try await ledger.commit([batch(events(3...4))], from: from) }
            #expect(try await fixture.column("SELECT seq FROM score_events ORDER BY 1") == ["3", "4"])
        }
    }
}
