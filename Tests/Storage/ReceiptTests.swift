import Leaderboard
import RedisClient
import Storage
import Testing

/// Looking up receipts without an update.
@Suite(.timeLimit(.minutes(1)))
struct ReceiptTests {
    private func find(
        _ fixture: RedisFixture, _ signature: String, submitted: Int64? = nil, on board: Board? = nil
    ) async throws -> FoundReceipt? {
        let query = ReceiptQuery(
            signature: signature, submittedScore: submitted, issuedAt: 1_790_000_000_000, board: board)
        let result = await withCheckedContinuation { continuation in
            fixture.store().receipt(for: query) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    @Test("A receipt is found with the same new score, on its board or anywhere, and changes nothing")
    func found() async throws {
        try await withFixture(partitions: 7) { fixture in
            _ = try await fixture.store().outcome(of: fixture.update("u1", 5, "s1"))
            _ = try await fixture.store().outcome(of: fixture.update("u1", 5, "s2", submitted: -3))
            let before = try await fixture.dump()
            let partition = fixture.partitioning.partition(of: fixture.board)
            for board in [fixture.board, nil] {
                #expect(
                    try await find(fixture, "s1", on: board)
                        == FoundReceipt(
                            receipt: Receipt(score: 5, rank: 1, board: fixture.board.id), partition: partition))
                #expect(try await find(fixture, "s2", submitted: -3, on: board)?.receipt.score == 10)
                // Another new_score or another id finds nothing.
                #expect(try await find(fixture, "s1", submitted: 5, on: board) == nil)
                #expect(try await find(fixture, "s2", on: board) == nil)
                #expect(try await find(fixture, "s3", on: board) == nil)
            }
            #expect(try await fixture.dump() == before)
        }
    }

    /// While a partition is closed nobody knows what it will hold; a receipt in another one is good all the same.
    @Test("While a partition is closed nobody knows what it will hold; other receipts are good all the same")
    func closed() async throws {
        try await withFixture(partitions: 3) { fixture in
            _ = try await fixture.store().outcome(of: fixture.update("u1", 5, "s1"))
            let own = fixture.partitioning.partition(of: fixture.board)
            try await fixture.outbox.close(partition: (own + 1) % 3)
            #expect(try await find(fixture, "s1")?.partition == own)
            #expect(try await find(fixture, "s2", on: fixture.board) == nil)
            await #expect(throws: StoreError.self) { try await find(fixture, "s2") }
            try await fixture.outbox.close(partition: own)
            await #expect(throws: StoreError.self) { try await find(fixture, "s1", on: fixture.board) }
        }
    }

    /// If an action was moved to another board of the same group, its first outcome is returned, with the first board.
    @Test func movedToAnotherBoard() async throws {
        try await withFixture { fixture in
            _ = try await fixture.store().outcome(of: fixture.update("u1", 5, "s1"))
            var moved = fixture.update("u1", 5, "s1")
            let other = Board(id: fixture.board.id + "-b", group: fixture.board.group)
            moved.targets = UpdateTargets(of: other, issuedAt: moved.issuedAt)
            #expect(
                try await fixture.store().outcome(of: moved)
                    == .replayed(Receipt(score: 5, rank: 1, board: fixture.board.id)))
        }
    }

    /// A node is asked whether it can write: it is not, while its clock is behind so much that receipts are gone.
    @Test("A node whose clock is so far behind that receipts are gone cannot write")
    func readiness() async throws {
        try await withFixture { fixture in
            let now = try await fixture.time() / 1000
            func reason(_ difference: Int64) async -> String? {
                await RedisOutbox(
                    redis: fixture.redis, blocking: fixture.redis, partitioning: fixture.partitioning,
                    clock: .init(actionMaxAge: .seconds(600)) { now + difference }
                ).whyNotWritable()
            }
            for difference: Int64 in [0, -800_000, 800_000] { #expect(await reason(difference) == nil) }
            var update = fixture.update("u1", 5, "s1")
            update.issuedAt = now
            _ = try await fixture.store().outcome(of: update)
            for difference: Int64 in [0, -100_000, 800_000] { #expect(await reason(difference) == nil) }
            #expect(await reason(-800_000)?.contains("s behind Redis' clock") == true)
            // A node without a clock takes no action ids.
            #expect(await fixture.outbox.whyNotWritable() == nil)
        }
    }
}
