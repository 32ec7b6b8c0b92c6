import Awards
import Basics
import Leaderboard
import PostgresClient
import Storage
import TestSupport
import Testing
import Worker

/// What the ledger knows of an award.
@Suite(.timeLimit(.minutes(1)))
struct AwardTraceTests {
    private static func taken(_ id: Int64, _ world: AwardWorld) async throws -> Award {
        guard case .taken(let award) = try await world.awards.claim(id) else {
            throw StoreError(.corrupt, "award \(id) cannot be taken")
        }
        return award
    }

    /// A row that the ledger refused at first has some microseconds more.
    @Test(arguments: ["update", "correction"])
    func aRowOfTheLedger(_ kind: String) async throws {
        try await withAwardWorld { world in
            let award = try await Self.taken(try await world.give("1"), world)
            #expect(try await world.awards.trace(of: award) == .absent)
            let month = LedgerMonth(milliseconds: award.issuedAt).createTable
            try await world.pool.withConnection { try $0.script(month) }
            try await world.run(
                """
                INSERT INTO score_events (partition, seq, board, user_id, action_id, nonce, signature, points, score,
                    rank, issued_at, applied_at, kind)
                SELECT 2, 9, board, user_id, 'sys-task', nonce, '\(award.signature)', points, 35, 4,
                    issued_at + interval '\(kind == "update" ? 0 : 7) microseconds', now(), '\(kind)' FROM awards
                """)
            #expect(try await world.awards.trace(of: award) == .counted(score: 35, rank: 4))
            #expect(try await world.awards.ledgerPlace(ofAward: award.id) == nil, "it is not settled")
            #expect(try await world.awards.settle(award, as: .applied(score: 35, rank: 4)))
            #expect(try await world.awards.ledgerPlace(ofAward: award.id) == LedgerPlace(partition: 2, seq: 9))
            let other = try await Self.taken(try await world.give("2"), world)
            #expect(try await world.awards.trace(of: other) == .absent)
        }
    }

    @Test func aDeadLetter() async throws {
        try await withAwardWorld { world in
            let award = try await Self.taken(try await world.give("1"), world)
            let other = try await Self.taken(try await world.give("2"), world)
            try await world.run(
                """
                INSERT INTO dead_letters (partition, seq, epoch, refused_by, sqlstate, reason, event)
                VALUES (0, 1, 'e', 'score_events', '23505', 'twice',
                    '{"user_id":"\\u0000","signature":"\(award.signature)"}')
                """)
            #expect(try await world.awards.trace(of: award) == .putAside)
            #expect(try await world.awards.trace(of: other) == .absent)
        }
    }

    @Test func theBacklog() async throws {
        try await withAwardWorld { world in
            #expect(try await world.awards.backlog() == AwardBacklog(open: 0, oldestMilliseconds: 0))
            _ = try await world.give("1")
            try await world.run("UPDATE awards SET created_at = clock_timestamp() - interval '1 hour'")
            let second = try await world.give("2")
            let backlog = try await world.awards.backlog()
            #expect(backlog.open == 2 && (3_600_000..<3_700_000).contains(backlog.oldestMilliseconds))
            #expect(try await world.awards.settle(try await Self.taken(second, world), as: .refused(.outOfBounds)))
            #expect(try await world.awards.backlog().open == 1)
        }
    }
}
