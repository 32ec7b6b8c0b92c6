/// Goes through the ledger of one board, user by user, and compares what it adds up to with the rows in `scores`. Pure:
/// `AuditLedger` brings the rows, page by page.
///
/// Calls come in this order: ``begin(_:)``, ``take(_:)`` and ``open(_:)`` with all events and openings of a user in the
/// order of their sequence numbers, then those of the next user, and ``endPage()``. After the last page: ``finish()``.
public struct LedgerAudit: Sendable {
    /// A row in `scores`.
    public struct Row: Hashable, Sendable {
        /// The ranking.
        public var ranking: Ranking
        /// The user.
        @ByteExact public var userID: String
        /// The score.
        public var reached: ReachedScore

        /// Creates a row.
        public init(ranking: Ranking, userID: String, reached: ReachedScore) {
            self.ranking = ranking
            self.userID = userID
            self.reached = reached
        }
    }

    /// The board.
    public let board: Board
    /// The acts on the board. They have to be known before the events of the users that came before them.
    public var acts = BoardActs()
    /// What was found.
    public private(set) var findings = AuditFindings()

    private let actions: [String: Action]
    private let thresholds: AuditThresholds
    private var fold = UserFold()
    private var pace: UpdatePace
    private var points = PointsDistribution()
    private var user: ByteExact?
    /// The rows of the page whose users have not come yet.
    private var rows: [ByteExact: [Row]] = [:]

    /// - Parameters:
    ///   - board: the board, with the rules that its scores were made by.
    ///   - actions: the current actions, by id.
    public init(board: Board, actions: [String: Action], thresholds: AuditThresholds = AuditThresholds()) {
        self.board = board
        self.actions = actions
        self.thresholds = thresholds
        pace = UpdatePace(thresholds)
    }

    /// Begins a page.
    ///
    /// - Parameter rows: all rows in `scores` of the users of the page.
    public mutating func begin(_ rows: [Row]) {
        self.rows = [:]
        for row in rows { self.rows[ByteExact(row.userID), default: []].append(row) }
    }

    /// Takes the next opening of a user, after the events with its sequence number or a smaller one.
    ///
    /// - Parameter opening: its outcomes have the scores, or no place if the event removed the score.
    public mutating func open(_ opening: AuditEvent) {
        turn(to: ByteExact(opening.userID))
        for outcome in opening.outcomes {
            fold.open(outcome.ranking, score: outcome.place?.score, seq: opening.seq, acts: acts)
        }
    }

    private mutating func turn(to id: ByteExact) {
        guard user != id else { return }
        endUser()
        user = id
    }

    /// Takes the next event of a user.
    public mutating func take(_ event: AuditEvent) {
        turn(to: ByteExact(event.userID))
        findings.events += 1
        fold.take(event, rules: board.rules, acts: acts)
        guard event.kind == .update else { return }
        measure(event)
        var ended: [UpdatePace.Stretch] = []
        pace.take(seq: event.seq, at: event.appliedAt) { ended.append($0) }
        for stretch in ended { add(stretch, of: event.userID) }
    }

    /// Ends the page: rows without events are differences.
    public mutating func endPage() {
        endUser()
        for (_, rows) in rows {
            for row in rows { compare(row, with: nil) }
        }
        rows = [:]
    }

    /// Ends the pass: the amounts can be compared with what is usual on the board.
    public mutating func finish() {
        let usual = points.percentile
        let (bound, isBeyond) = usual.multipliedReportingOverflow(by: thresholds.sizeFactor)
        guard !isBeyond else { return }
        for large in points.candidates(over: bound) {
            findings.add(
                Irregularity(
                    rule: .tooLarge, board: board.id, userID: large.userID, firstSeq: large.seq, lastSeq: large.seq,
                    updates: 1, measured: Double(large.points), bound: Double(bound), action: large.action))
        }
    }

    // MARK: Scores

    private mutating func endUser() {
        guard let user else { return }
        self.user = nil
        var left = rows.removeValue(forKey: user) ?? []
        for balance in fold.balances {
            let index = left.firstIndex { $0.ranking == balance.ranking }
            if let index { compare(left.remove(at: index), with: balance.reached) } else { miss(balance, user) }
            if let found = balance.firstBreak { add(found, balance, user) }
        }
        for row in left { compare(row, with: nil) }
        fold.reset()
        var ended: [UpdatePace.Stretch] = []
        pace.finish { ended.append($0) }
        for stretch in ended { add(stretch, of: user.wrappedValue) }
    }

    private mutating func compare(_ row: Row, with ledger: ReachedScore?) {
        // It waits for its archive.
        guard row.reached.seq > acts.seal(of: row.ranking) else { return }
        guard row.reached != ledger else { return }
        findings.add(
            AuditDifference(
                .scores, ranking: row.ranking, userID: row.userID, scores: row.reached, ledger: ledger,
                reason: ledger == nil
                    ? "scores has a row that the ledger does not lead to"
                    : "scores has another score than the ledger leads to"))
    }

    private mutating func miss(_ balance: UserFold.Balance, _ user: ByteExact) {
        findings.add(
            AuditDifference(
                .scores, ranking: balance.ranking, userID: user.wrappedValue, ledger: balance.reached,
                reason: "scores lacks a row that the ledger leads to"))
    }

    private mutating func add(_ found: ChainBreak, _ balance: UserFold.Balance, _ user: ByteExact) {
        let before = found.before.map { "\($0)" } ?? "none"
        findings.add(
            AuditDifference(
                .ledger, ranking: balance.ranking, userID: user.wrappedValue, ledger: balance.reached,
                reason: "event \(found.seq) leads from \(before) by \(found.points) to \(found.score), which is not "
                    + "what \(board.rules.operator.rawValue) makes of it"))
    }

    // MARK: Irregular increments

    private mutating func measure(_ event: AuditEvent) {
        let action = actions[event.action]
        let large = PointsDistribution.Large(
            userID: event.userID, seq: event.seq, action: event.action, points: event.points)
        if let action, action.submitsScore, !action.accepts(score: event.points) {
            points.take(large, isCandidate: false)
            let bound = event.points < 0 ? action.minScore : action.maxScore
            return findings.add(
                Irregularity(
                    rule: .tooLarge, board: board.id, userID: event.userID, firstSeq: event.seq, lastSeq: event.seq,
                    updates: 1, measured: Double(event.points),
                    bound: Double(bound ?? action.minScore ?? action.maxScore ?? 0), action: event.action))
        }
        var isCandidate = true
        if let action, !action.submitsScore {
            let (most, isBeyond) = action.points.magnitude.multipliedReportingOverflow(
                by: thresholds.sizeFactor.magnitude)
            isCandidate = !isBeyond && event.points.magnitude > most
        }
        points.take(large, isCandidate: isCandidate)
    }

    private mutating func add(_ stretch: UpdatePace.Stretch, of userID: String) {
        findings.add(
            Irregularity(
                rule: stretch.rule, board: board.id, userID: userID, firstSeq: stretch.seqs.lowerBound,
                lastSeq: stretch.seqs.upperBound, updates: stretch.updates, measured: stretch.measured,
                bound: stretch.rule == .tooFast ? thresholds.updatesPerSecondMax : thresholds.variationMin,
                intervalMilliseconds: stretch.intervalMilliseconds))
    }
}
