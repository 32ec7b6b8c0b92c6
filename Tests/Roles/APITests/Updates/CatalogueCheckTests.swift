import API
import Basics
import Leaderboard
import Signing
import Testing

/// The effect of a request with a genuine action id by the catalogue, and the receipt that is asked for when it is
/// refused.
struct CatalogueCheckTests {
    private static let board = Board(id: "global")
    private static let race = Action(
        id: "race", points: 0, boards: ["global"], submitsScore: true, minScore: 1, maxScore: 100)
    private static let kill = Action(
        id: "kill", points: 5, boards: ["global"], maxPerUserPerDay: 3, cooldownSeconds: 60)
    private static var check: CatalogueCheck {
        CatalogueCheck(
            catalogue: Catalogue(actions: [
                "race": race, "kill": kill, "lost": Action(id: "lost", points: 1, boards: ["no"]),
            ]),
            targets: TargetCache(), velocity: RateLimit(count: 7, periodMilliseconds: 1000))
    }

    private static func id(_ action: String, score: Int64? = nil) throws -> VerifiedActionID {
        let keys = try ActionKeys([("k1", Array("0123456789abcdef0123456789abcdef".utf8))])
        let issuedAt: Int64 = 1_790_000_000_000
        let text = try ActionIDSigner(keys: keys).sign(
            action: action, nonce: "nonce0001", issuedAt: issuedAt, score: score, userID: "u1")
        return try ActionIDVerifier(keys: keys).verify(text, userID: "u1", now: issuedAt)
    }

    private static func outcome(_ action: String, _ newScore: Int64?, pinned: Int64? = nil) throws -> String {
        switch check.verdict(userID: "u1", newScore: newScore, id: try id(action, score: pinned)) {
        case .update(let update): "update \(update.amount) \(update.submittedScore.map { "\($0)" } ?? "-")"
        case .refusal(.unknownAction): "unknown"
        case .refusal(.newScoreMissing): "missing"
        case .refusal(.pinnedScore(_, let pinned)): "pinned \(pinned)"
        case .refusal(.scoreBounds(let update)): "bounds \(update.amount)"
        case .refusal(.noPeriod): "no period"
        }
    }

    @Test(
        arguments: [
            ("kill", nil, nil, "update 5 -"), ("kill", 9, nil, "update 5 9"), ("kill", 3, 3, "update 5 3"),
            ("kill", nil, 3, "missing"), ("kill", 4, 3, "pinned 3"), ("race", 80, nil, "update 80 80"),
            ("race", nil, nil, "missing"), ("race", 101, nil, "bounds 101"), ("race", 0, nil, "bounds 0"),
            ("race", 101, 101, "bounds 101"), ("race", 80, 81, "pinned 81"), ("nothing", nil, nil, "unknown"),
            ("nothing", 5, 5, "unknown"), ("lost", nil, nil, "unknown"),
        ] as [(String, Int64?, Int64?, String)])
    func verdict(_ action: String, _ newScore: Int64?, _ pinned: Int64?, _ expected: String) throws {
        #expect(try Self.outcome(action, newScore, pinned: pinned) == expected)
    }

    @Test("An update carries the limits of its action")
    func limits() throws {
        guard case .update(let update) = Self.check.verdict(userID: "u1", newScore: nil, id: try Self.id("kill")) else {
            Issue.record("refused")
            return
        }
        #expect(
            update.limits == [
                .cooldown(seconds: 60), .daily(count: 3, day: 1_790_000_000_000 / 86_400_000),
                .velocity(RateLimit(count: 7, periodMilliseconds: 1000)),
            ])
    }

    /// A receipt is asked for if it can hold this `new_score`; without an action nobody knows the board.
    @Test(
        arguments: [
            ("nothing", nil, nil, true, nil), ("nothing", 5, nil, true, nil), ("nothing", 5, 5, true, nil),
            ("race", nil, nil, true, "global"), ("race", 101, nil, true, "global"), ("race", 101, 101, true, "global"),
            ("race", 80, 81, false, nil), ("kill", nil, 3, false, nil),
        ] as [(String, Int64?, Int64?, Bool, String?)])
    func query(
        _ action: String, _ newScore: Int64?, _ pinned: Int64?, _ isAsked: Bool, _ board: String?
    ) throws {
        let id = try Self.id(action, score: pinned)
        guard case .refusal(let refusal) = Self.check.verdict(userID: "u1", newScore: newScore, id: id) else {
            Issue.record("not refused")
            return
        }
        let query = CatalogueCheck.query(refusal, newScore: newScore, id: id)
        #expect((query != nil) == isAsked)
        #expect(query?.board?.id == board)
        if let query { #expect(query.submittedScore == newScore && query.signature == id.signature) }
    }
}
