import Leaderboard
import Testing

/// The ledger of a board against its rows in `scores`.
struct LedgerAuditTests {
    private let all = Ranking(board: "b")
    private let board = Board(id: "b", rules: BoardRules(allowDecrease: true))

    private func update(_ seq: Int64, _ user: String, _ points: Int64, _ score: Int64, at: Int64? = nil) -> AuditEvent {
        AuditEvent(
            seq: seq, userID: user, action: "kill", points: points, appliedAt: at ?? seq * 3000 + seq * seq % 2500,
            outcomes: [RankingOutcome(ranking: all, place: .init(score: score, rank: 1, isChanged: true))])
    }

    private func row(_ user: String, _ score: Int64, _ seq: Int64) -> LedgerAudit.Row {
        LedgerAudit.Row(ranking: all, userID: user, reached: ReachedScore(score: score, seq: seq))
    }

    private func audit(
        _ rows: [LedgerAudit.Row], _ events: [AuditEvent], acts: [AuditEvent] = [], actions: [Action] = []
    ) -> AuditFindings {
        var audit = LedgerAudit(
            board: board, actions: Dictionary(uniqueKeysWithValues: actions.map { ($0.id, $0) }))
        for act in acts { audit.acts.take(act) }
        audit.begin(rows)
        for event in events { audit.take(event) }
        audit.endPage()
        audit.finish()
        return audit.findings
    }

    @Test func agrees() {
        let findings = audit(
            [row("u", 7, 3), row("v", 1, 2)], [update(1, "u", 5, 5), update(3, "u", 2, 7), update(2, "v", 1, 1)])
        #expect(findings.isClean)
        #expect(findings.events == 3)
    }

    @Test("Rows that are missing, of nobody, with another score, or reached by another event")
    func differences() {
        let findings = audit(
            [row("u", 7, 1), row("v", 1, 1), row("x", 9, 4)],
            [update(1, "u", 5, 5), update(2, "v", 1, 1), update(3, "w", 4, 4)])
        #expect(findings.differenceCount == 4)
        #expect(findings.differences.allSatisfy { $0.kind == .scores })
        let byUser = Dictionary(uniqueKeysWithValues: findings.differences.map { ($0.userID, $0) })
        #expect(byUser["u"]?.scores?.score == 7 && byUser["u"]?.ledger?.score == 5)
        #expect(byUser["v"]?.scores?.seq == 1 && byUser["v"]?.ledger?.seq == 2)
        #expect(byUser["w"]?.scores == nil && byUser["w"]?.ledger != nil)
        #expect(byUser["x"]?.scores != nil && byUser["x"]?.ledger == nil)
    }

    @Test("User ids are compared by bytes")
    func bytes() {
        let findings = audit([row("e\u{301}", 5, 1)], [update(1, "\u{e9}", 5, 5)])
        #expect(findings.differenceCount == 2)
    }

    @Test("A row of a sealed ranking waits for its archive")
    func sealed() {
        let seal = AuditEvent(kind: .seal, seq: 4, userID: "", outcomes: [RankingOutcome(ranking: all, place: nil)])
        #expect(audit([row("u", 5, 1)], [update(1, "u", 5, 5)], acts: [seal]).isClean)
        let reset = AuditEvent(kind: .reset, seq: 4, userID: "", outcomes: seal.outcomes)
        #expect(audit([row("u", 5, 1)], [update(1, "u", 5, 5)], acts: [reset]).differenceCount == 1)
    }

    @Test("The list of differences is cut, the count is not")
    func cut() {
        let findings = audit((1...1500).map { row("u\($0)", 1, 1) }, [])
        #expect(findings.differenceCount == 1500)
        #expect(findings.differences.count == AuditFindings.listedMax)
    }

    @Test("An amount far beyond the action and the board, or beyond the bounds of the action")
    func tooLarge() {
        let usual = (1...2000).map { update(Int64($0), "u\($0)", 5, 5) }
        let rows = (1...2000).map { row("u\($0)", 5, Int64($0)) }
        let kill = Action(id: "kill", points: 5, boards: ["b"])
        func found(_ points: Int64, _ action: Action) -> [Irregularity] {
            let findings = audit(
                rows + [row("z", points, 3000)], usual + [update(3000, "z", points, points)], actions: [action])
            #expect(findings.isClean)
            return findings.irregularities
        }
        #expect(found(50, kill).isEmpty)
        #expect(found(500, kill).map(\.userID) == ["z"])
        #expect(found(500, kill).first?.bound == 50)
        // The action brings as much.
        #expect(found(500, Action(id: "kill", points: 500, boards: ["b"])).isEmpty)
        let race = Action(id: "kill", points: 0, boards: ["b"], submitsScore: true, minScore: 1, maxScore: 20)
        #expect(found(21, race).map(\.measured) == [21])
        #expect(found(20, race).isEmpty)
    }

    @Test("Findings of speed name the user, and do not make the audit fail")
    func tooFast() {
        let events = (1...60).map { (number: Int64) -> AuditEvent in
            let jitter = number % 7 * 9
            return update(number, "u", 1, number, at: number * 100 + jitter)
        }
        let findings = audit([row("u", 60, 60)], events)
        #expect(findings.isClean)
        #expect(findings.irregularities.map(\.rule) == [.tooFast])
        #expect(findings.irregularities.first?.userID == "u")
    }
}
