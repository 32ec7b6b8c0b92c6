import API
import Leaderboard
import NIOHTTP1
import Testing

/// Updates wait while the outboxes are full, so that Redis does not run out of memory.
@Suite(.timeLimit(.minutes(1)))
struct BacklogTests {
    private static func size(_ bytes: Int64, of memory: Int64? = nil) -> OutboxSize {
        OutboxSize(bytes: bytes, memoryBytesMax: memory)
    }

    @Test("The bound is the setting, else a quarter of Redis' memory, else 2 GiB")
    func bound() {
        #expect(BacklogRule(bytesMax: 5_000).bound(Self.size(0, of: 8_000)) == 5_000)
        #expect(BacklogRule(bytesMax: nil).bound(Self.size(0, of: 8_000)) == 2_000)
        #expect(BacklogRule(bytesMax: nil).bound(Self.size(0)) == 2_147_483_648)
    }

    @Test("Full from the bound on, and until less than 90 % of it is left")
    func hysteresis() {
        var rule = BacklogRule(bytesMax: 1_000)
        var seen: [Bool] = []
        for bytes: Int64 in [0, 999, 1_000, 999, 900, 899, 950, 1_001] {
            rule.take(Self.size(bytes))
            seen.append(rule.isFull)
        }
        #expect(seen == [false, false, true, true, true, false, false, true])
    }

    @Test("An update gets 503 backlogged with Retry-After and changes nothing; one that counted gets its receipt")
    func update() async throws {
        let kill = Action(id: "kill", points: 5, boards: ["b"])
        let stores = FakeStores(boards: [Board(id: "b")], actions: [kill], now: TestAPI.now)
        stores.change { $0.outboxes = Self.size(2_500, of: 10_000) }
        let api = try await TestAPI(stores)
        // Nothing is measured yet.
        #expect(try await api.update().status == 200)
        await api.measureOutboxes()
        let refused = try await api.update(nonce: "nonce0002")
        #expect(refused.outcome == "503 backlogged" && refused.fields["Retry-After"] == ["1"])
        #expect(stores.value { $0.updates.count == 1 && $0.receiptQuestions == 1 })
        stores.change { $0.found = FoundReceipt(receipt: Receipt(score: 3, rank: 1, board: "b"), partition: 0) }
        #expect(try await api.update().body.contains(#""new_score":3,"rank":1,"board":"b","replayed":true"#))
        // The last decision stays while Redis cannot be asked.
        stores.change { ($0.found, $0.isAway) = (nil, true) }
        await api.measureOutboxes()
        stores.change { $0.isAway = false }
        #expect(try await api.update(nonce: "nonce0003").outcome == "503 backlogged")
        stores.change { $0.outboxes = Self.size(2_000, of: 10_000) }
        await api.measureOutboxes()
        #expect(try await api.update(nonce: "nonce0003").status == 200)
    }
}
