import Leaderboard
import RedisClient
import Storage
import TestSupport
import Testing

/// Calls of a persister that paused between its decision and the call, while another one did its work.
@Suite(.timeLimit(.minutes(1)))
struct LateCallTests {
    @Test("A partition that was rebuilt since it was compared is not closed")
    func close() async throws {
        try await withFixture { fixture in
            let compared = try await fixture.epoch()
            try await fixture.outbox.close(partition: 0)
            try await fixture.rebuilt(partition: 0)
            let second = try await fixture.outbox.open(partition: 0, seq: 0)
            #expect(try await fixture.outbox.close(partition: 0, epoch: compared) == false)
            #expect(try await fixture.outbox.close(partition: 0, epoch: nil) == false)
            #expect(try await fixture.outbox.states()[0].epoch == second)
            #expect(try await fixture.outbox.states()[0].awaitsRebuild == false)
            #expect(try await fixture.outbox.close(partition: 0, epoch: second))
            #expect(try await fixture.outbox.states()[0].awaitsRebuild)
        }
    }

    @Test("A rebuild does not begin on a partition that another one has rebuilt, or rebuilds")
    func rebuild() async throws {
        try await withFixture { fixture in
            try await fixture.add("u1", 1, "s1")
            let target = RedisPartitionRebuild(redis: fixture.redis, partitioning: fixture.partitioning)
            #expect(try await target.closure(partition: 0) == nil)
            try await fixture.outbox.close(partition: 0)
            let late = try #require(try await target.closure(partition: 0))

            let session = try await target.begin(try #require(try await target.closure(partition: 0)))
            #expect(await kind { _ = try await target.begin(late) } == .conflict)
            _ = try await target.end(session, seq: 1, forgottenSecond: 1)
            try await fixture.add("u1", 1, "s2")
            #expect(await kind { _ = try await target.begin(late) } == .conflict)
            #expect(try await fixture.events().count == 2, "nothing was removed")
            #expect(try await fixture.outbox.states()[0].seq == 2)
            // Also if it was closed again for another reason.
            try await fixture.outbox.close(partition: 0)
            #expect(await kind { _ = try await target.begin(late) } == .conflict)
            _ = try await target.begin(try #require(try await target.closure(partition: 0)))
        }
    }

    private static let cut = Int64(1_600_000_100_000)
    private static let season = Window(
        name: "cup", kind: .season(startsAt: 1_600_000_000_000, endsAt: 4_000_000_000_000))

    /// A season with two users, whose cut is over.
    private func withSeason(_ body: (RedisFixture, Ranking) async throws -> Void) async throws {
        try await withFixture(windows: [Self.season]) { fixture in
            try await fixture.add("u1", 1, "s1")
            try await fixture.add("u2", 1, "s2")
            let ranking = Ranking(board: fixture.board.id, window: "cup", period: "cup")
            try await fixture.sealer.reschedule(ranking, partition: 0, cut: Self.cut)
            try await body(fixture, ranking)
        }
    }

    @Test("A later change of the time of sealing is not undone")
    func reschedule() async throws {
        try await withSeason { fixture, ranking in
            let sealer = fixture.sealer
            try await sealer.reschedule(ranking, partition: 0, from: Self.cut - 1, cut: nil)
            #expect(try await sealer.due(partition: 0, limit: 10).map(\.cut) == [Self.cut])
            try await sealer.reschedule(ranking, partition: 0, from: Self.cut, cut: nil)
            #expect(try await sealer.due(partition: 0, limit: 10).isEmpty)
        }
    }

    @Test("A ranking of the same name that is not the one that was archived is not dropped")
    func drop() async throws {
        try await withSeason { fixture, ranking in
            let sealer = fixture.sealer
            func count() async throws -> Int64 { try await fixture.page(10).total }
            // It is the next one of this name, and not sealed yet.
            try await sealer.drop(ranking, partition: 0, if: .sealed(seq: 1), keepingTop: 0)
            #expect(try await count() == 2)
            #expect(try await sealer.seal(ranking, board: fixture.board, endsAt: Self.cut) == .sealed(seq: 3))
            try await sealer.drop(ranking, partition: 0, if: .sealed(seq: 1), keepingTop: 0)
            try await sealer.drop(ranking, partition: 0, if: .due(cut: Self.cut - 1), keepingTop: 0)
            #expect(try await count() == 2)
            for _ in 0..<2 { try await sealer.drop(ranking, partition: 0, if: .sealed(seq: 3), keepingTop: 0) }
            #expect(try await count() == 0)
        }
    }

    @Test("A ranking is not sealed by the rules of an earlier form of its board")
    func seal() async throws {
        try await withSeason { fixture, ranking in
            // The season goes on, under another form.
            try await fixture.sealer.reschedule(ranking, partition: 0, cut: nil)
            var board = fixture.board
            board.generation += 5
            #expect(try await fixture.boards.stamp(board, from: nil, emptying: true))
            let update = ScoreUpdate(
                targets: UpdateTargets(of: board, issuedAt: 1_790_000_000_000), userID: "u3", amount: 1,
                submittedScore: nil, action: "kill", nonce: "n", signature: "s3", issuedAt: 1_790_000_000_000)
            try await fixture.store().outcome(of: update).isApplied()
            try await fixture.sealer.reschedule(ranking, partition: 0, cut: Self.cut)
            let events = try await fixture.events().count
            let late = await kind {
                _ = try await fixture.sealer.seal(ranking, board: fixture.board, endsAt: Self.cut)
            }
            #expect(late == .unavailable)
            #expect(try await fixture.events().count == events)
            #expect(try await fixture.sealer.seal(ranking, board: board, endsAt: Self.cut) == .sealed(seq: 5))
        }
    }
}
