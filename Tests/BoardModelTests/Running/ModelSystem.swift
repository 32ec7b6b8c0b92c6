import Leaderboard

/// The model in the place of the stores, to test runs, and how they find faults.
actor ModelSystem: BoardSystem {
    /// A fault that a run has to find.
    enum Fault: Sendable {
        /// The last of equal scores ranks first on all boards.
        case ties
        /// A retry counts again.
        case retries
        /// Updates count for longer than a board's grace.
        case sealing
        /// A rollover makes no version.
        case rollover
        /// Watchers are not told of resets.
        case watchers
    }

    private var model = BoardModel()
    private var time: Int64
    private var generation: Int64 = 0
    private let fault: Fault?

    init(at time: Int64, fault: Fault? = nil) {
        self.time = time
        self.fault = fault
    }

    func set(_ time: Int64) { self.time = time }

    func skew(_ node: Int, by milliseconds: Int64) {}

    func put(_ board: Board, emptying: Bool) -> Board {
        var board = board
        if emptying { generation += 1 }
        board.generation = emptying ? generation : board.generation
        model.put(board, emptying: emptying, at: time)
        return board
    }

    func apply(_ updates: [ScoreUpdate], node: Int) -> [ApplyOutcome] {
        let updates = updates.map { update in
            ModelUpdate(
                signature: update.signature, userID: update.userID, amount: update.amount,
                submittedScore: update.submittedScore, issuedAt: update.issuedAt, targets: update.targets)
        }
        if case .retries = fault { for update in updates { model.receipts[update.signature] = nil } }
        let time = if case .sealing = fault { time - 2_000 } else { time }
        return model.apply(updates, at: time).map { outcome in
            switch outcome {
            case .applied(let receipt): .applied(Self.receipt(receipt))
            case .replayed(let receipt): .replayed(Self.receipt(receipt))
            case .refused(let reasons): reasons[0]
            case .stale, nil: .closed
            }
        }
    }

    func read(_ asked: RankingQuestion, board: Board, window: Window, period: ReadPeriod) throws -> RankingAnswer {
        // The score of a cursor is the place after which its page begins.
        let question: RankingQuestion =
            if case .page(let limit, let cursor?) = asked {
                .pageFrom(offset: Int(cursor.score), limit: limit)
            } else {
                asked
            }
        let named: Period? = if case .named(let period) = period { period } else { nil }
        let watched = BoardWindow(board: board.id, window: window.name)
        let before = model.versions[watched]
        guard let found = model.read(question, board, window: window.name, period: named, at: time) else {
            throw StoreError(.corrupt, "no period")
        }
        if case .rollover = fault { model.versions[watched] = before }
        var answer = found.answer
        if case .ties = fault {
            let ranking = Ranking(board: board.id, window: window.name, period: found.period.name)
            var content = model.ranking(ranking, period: found.period, of: board)
            content.rules.ties = .last
            answer = content.answer(question)
        }
        return Self.answer(answer, of: found.period, version: model.versions[watched]?.range.lowerBound ?? 0)
    }

    func reset(_ board: Board, windows: [Window]) {
        let before = model.versions
        model.reset(board, windows: windows, at: time)
        if case .watchers = fault { model.versions = before }
    }

    func deleteUser(_ userID: String, of board: Board) -> Bool { model.delete(userID, of: board, at: time) }

    func turn(_ board: Board, window: Window, to period: Period) { model.turn(board, window: window.name, at: time) }

    func sealDue() -> [Ranking] {
        let due = model.due(at: time)
        for ranking in due { model.seal(ranking) }
        return due
    }

    func archived(
        _ question: RankingQuestion, _ ranking: Ranking, board: Board, window: Window, period: Period
    ) -> RankingAnswer? {
        model.archives[ranking].map { Self.answer($0.answer(question), of: period, version: 0) }
    }

    func checksum(ofArchive ranking: Ranking) -> String? { model.archives[ranking]?.archiveText }

    func ledgerScores() -> [Ranking: [LedgerScore]] {
        model.rankings.filter { !$0.value.scores.isEmpty }.mapValues { content in
            content.scores.map { LedgerScore(userID: $0.userID, score: $0.score, reached: Int64($0.reached)) }
        }
    }

    func lastTops() -> [BoardWindow: Top] {
        model.versions.compactMapValues { version in
            version.told.map {
                Top(epoch: "e", version: version.range.lowerBound, at: time, period: $0.period, entries: $0.entries)
            }
        }
    }

    nonisolated func checksum(_ text: String) -> String { text }

    private static func answer(_ answer: ModelAnswer, of period: Period, version: Int64) -> RankingAnswer {
        RankingAnswer(
            epoch: "e", version: version, at: 0, period: period, total: answer.total, entries: answer.entries,
            next: answer.hasNext ? answer.entries.last.map { LeaderboardCursor(score: $0.place, member: "") } : nil,
            rank: answer.rank, last: answer.last)
    }

    private static func receipt(_ receipt: ModelReceipt) -> Receipt {
        let first = receipt.outcomes.first { $0.place != nil }
        return Receipt(
            score: first?.place?.score ?? 0, rank: first?.place?.rank ?? 0, board: first?.ranking.board,
            rankings: receipt.outcomes)
    }
}
