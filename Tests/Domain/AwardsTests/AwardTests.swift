import Awards
import Basics
import Leaderboard
import Testing

/// The update that an award becomes.
struct AwardTests {
    private static let noon: Int64 = 1_790_000_000_000

    private static func award(attempt: Int = 1, issuedAt: Int64 = noon) -> Award {
        Award(
            id: 7, draft: AwardDraft(userID: "u1", kind: "task", reference: "42", board: "cup", points: 5),
            attempt: attempt, nonce: "0af3", issuedAt: issuedAt)
    }

    @Test func update() throws {
        let update = try #require(Self.award().update(on: Board(id: "cup")))
        #expect(update.userID == "u1" && update.amount == 5 && update.submittedScore == nil)
        #expect(update.action == "sys-task" && update.isAward && update.limits.isEmpty)
        #expect(update.signature == "award.7.1.0af3" && update.issuedAt == Self.noon)
        #expect(ReservedAction.isReserved(update.action))
    }

    @Test func eachAttemptHasAnotherSignature() {
        #expect(Self.award(attempt: 2).signature != Self.award().signature)
        #expect(Set((0..<100).map { _ in Award.makeNonce() }).count == 100)
        #expect(Award.makeNonce().utf8.count == 32)
    }

    @Test func aSeasonThatIsOverTakesNothing() {
        let season = Window(name: "spring", kind: .season(startsAt: Self.noon, endsAt: Self.noon + 1000))
        let board = Board(id: "cup", windows: [season])
        #expect(Self.award(issuedAt: Self.noon + 1000).update(on: board) == nil)
        #expect(Self.award(issuedAt: Self.noon + 999).update(on: board) != nil)
    }

    /// No node sends an action id when another one can have the award.
    @Test func times() {
        #expect(AwardTiming.lease > AwardTiming.turn + .seconds(10))
        #expect(AwardTiming.makerHold < AwardTiming.lease)
    }
}
