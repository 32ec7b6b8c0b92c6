import Awards
import Leaderboard
import Testing

/// When the ledger knows whether an action id counted.
struct LedgerCheckTests {
    private static func head(_ epoch: String?, _ seq: Int64) -> PartitionState {
        PartitionState(epoch: epoch, seq: seq)
    }

    private static func position(_ epoch: String, _ seq: Int64) -> LedgerPosition {
        LedgerPosition(epoch: epoch, seq: seq, signature: "s")
    }

    @Test func reached() {
        let table: [(PartitionState, LedgerPosition?, Bool)] = [
            (Self.head("a", 7), Self.position("a", 6), false),
            (Self.head("a", 7), Self.position("a", 7), true),
            (Self.head("a", 7), Self.position("a", 8), true),
            // A new epoch without an event shows the one before.
            (Self.head("b", 7), Self.position("a", 7), true),
            (Self.head("b", 8), Self.position("a", 7), false),
            // The ledger has more of another history.
            (Self.head("a", 7), Self.position("b", 8), false),
            (Self.head("a", 0), nil, true),
            (Self.head("a", 1), nil, false),
            // A closed partition can get other data.
            (Self.head(nil, 7), Self.position("a", 7), false),
            (Self.head(nil, 0), nil, false),
        ]
        for (head, position, isReached) in table {
            #expect(LedgerCheck.hasReached(head, position) == isReached, "\(head) \(String(describing: position))")
        }
    }

    @Test func verdicts() {
        let (before, same, other) = (Self.head("a", 7), Self.head("a", 9), Self.head("b", 7))
        let table: [(AwardTrace, PartitionState, AwardVerdict)] = [
            (.counted(score: 5, rank: 1), same, .settle(.applied(score: 5, rank: 1))),
            (.counted(score: 5, rank: 1), other, .settle(.applied(score: 5, rank: 1))),
            (.absent, same, .renew),
            (.absent, other, .wait),
            (.absent, Self.head(nil, 7), .wait),
            (.absent, PartitionState(epoch: "a", seq: 9, run: "another process"), .wait),
            (.putAside, same, .wait),
            (.dropped, same, .settle(.refused(.ledgerDropped))),
        ]
        for (trace, later, verdict) in table {
            #expect(LedgerCheck.verdict(on: trace, head: before, later: later) == verdict)
        }
    }
}
