import Leaderboard
import Persister
import Testing

/// Decisions about a partition, from the positions of Redis and the ledger.
struct PartitionCheckTests {
    private func check(
        _ epoch: String?, _ seq: Int64, ledger: LedgerPosition? = nil, signature: String? = nil,
        awaitsRebuild: Bool = false
    ) -> PartitionCheck {
        PartitionCheck(
            redis: PartitionState(epoch: epoch, seq: seq, awaitsRebuild: awaitsRebuild), ledger: ledger,
            signature: signature)
    }

    private let at5 = LedgerPosition(epoch: "e1", seq: 5, signature: "s5")

    @Test func withoutAHistory() {
        #expect(check(nil, 0) == .openable)
        #expect(check("e1", 0) == .follow)
        #expect(check("e1", 100) == .follow)
        // The ledger has no event yet, so there is no signature to compare with.
        #expect(check("e1", 100, signature: "s") == .follow)
        #expect(check(nil, 100) == .openable)
    }

    @Test func redisIsAhead() {
        #expect(check("e1", 5, ledger: at5, signature: "s5") == .follow)
        #expect(check("e1", 6, ledger: at5, signature: "s5") == .follow)
        #expect(check(nil, 5, ledger: at5, signature: "s5") == .openable)
        #expect(check(nil, 6, ledger: at5) == .openable)
    }

    @Test func redisIsOlder() {
        for seq in Int64(0)..<5 {
            #expect(check("e1", seq, ledger: at5) == .olderThanLedger)
            #expect(check("e2", seq, ledger: at5, signature: "s5") == .olderThanLedger)
            #expect(check(nil, seq, ledger: at5) == .olderThanLedger)
        }
    }

    /// Within an epoch, the last event that the ledger wrote must be in Redis, with the same signature.
    @Test func redisHasAnotherHistory() {
        #expect(check("e1", 5, ledger: at5, signature: "other") == .diverged)
        #expect(check("e1", 500, ledger: at5, signature: "other") == .diverged)
        #expect(check("e1", 500, ledger: at5, signature: nil) == .diverged)
        // A new epoch begins from the state of the ledger, so the signature proves nothing.
        #expect(check("e2", 500, ledger: at5, signature: nil) == .follow)
    }

    @Test("If the previous process did not rewrite its file, Redis may have run a part of a transaction")
    func mayBeTorn() {
        for (rewriting, run, expected) in [
            ("r1", "r2", .diverged), ("r2", "r2", .follow), (nil, "r2", .follow), ("r1", nil, .follow),
        ] as [(String?, String?, PartitionCheck)] {
            let state = PartitionState(epoch: "e1", seq: 6, run: "r1", rewriting: rewriting)
            #expect(PartitionCheck(redis: state, ledger: at5, run: run, signature: "s5") == expected)
        }
    }

    @Test("A partition that was closed for a rebuild stays closed, whatever its position")
    func awaitsRebuild() {
        for seq in [Int64(0), 5, 500] {
            for epoch in [nil, "e1", "e2"] {
                for ledger in [nil, at5] {
                    #expect(check(epoch, seq, ledger: ledger, signature: "s5", awaitsRebuild: true) == .diverged)
                }
            }
        }
    }
}
