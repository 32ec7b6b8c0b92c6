import Leaderboard

/// The model in the place of the stores, with a clock of its own: to test runs, and how they find faults.
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
    }

    private var model = BoardModel()
    private var time: Int64
    private var generation: Int64 = 0
    private let fault: Fault?

    init(at time: Int64, fault: Fault? = nil) {
        self.time = time
        self.fault = fault
    }

    /// Each look at the clock moves it.
    func now() -> Int64 {
        time += 1
        return time
    }

    func pause() { time += 1 }

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
                submittedScore: update.submittedScore, issuedAt: update.issuedAt, boards: update.targets.boards)
        }
        if case .retries = fault { for update in updates { model.receipts[update.signature] = nil } }
        let time = if case .sealing = fault { time - 2_000 } else { time }
        return model.apply(updates, at: time).map { outcome in
            switch outcome {
            case .applied(let receipt): .applied(Self.receipt(receipt))
            case .replayed(let receipt): .replayed(Self.receipt(receipt))
            case .refused(let reasons): reasons[0]
            case nil: .closed
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
        var rules = board
        if case .ties = fault { rules.rules.ties = .last }
        let named: Period? = if case .named(let period) = period { period } else { nil }
        let watched = BoardWindow(board: board.id, window: window.name)
        let before = model.versions[watched]
        guard let period = named ?? BoardCalendar(board).current(at: time, in: window.name) else {
            throw StoreError(.corrupt, "no period")
        }
        guard let found = model.read(question, board, window: window.name, period: named, at: time) else {
            throw StoreError(.corrupt, "no period")
        }
        if case .rollover = fault { model.versions[watched] = before }
        var content = model.ranking(
            Ranking(board: board.id, window: window.name, period: period.name), period: period, of: board)
        content.rules = rules.rules
        let answer = if case .ties = fault { content.answer(question) } else { found.answer }
        return RankingAnswer(
            epoch: "e", version: model.versions[watched]?.range.lowerBound ?? 0, at: time, period: period,
            total: answer.total, entries: answer.entries,
            next: answer.hasNext ? answer.entries.last.map { LeaderboardCursor(score: $0.place, member: "") } : nil,
            rank: answer.rank, last: answer.last)
    }

    func reset(_ board: Board, windows: [Window]) { model.reset(board, windows: windows, at: time) }

    func deleteUser(_ userID: String, of board: Board) -> Bool { model.delete(userID, of: board, at: time) }

    func turn(_ board: Board, window: Window, to period: Period) { model.turn(board, window: window.name, at: time) }

    func sealDue() -> [Ranking] {
        let due = model.due(at: time)
        for ranking in due { model.seal(ranking) }
        return due
    }

    func archive(
        _ ranking: Ranking, board: Board, window: Window, period: Period
    ) -> (entries: [LeaderboardEntry], checksum: String)? {
        model.archives[ranking].map { ($0.entries.map(\.entry), checksum($0.archiveText)) }
    }

    func ledgerScores(_ ranking: Ranking, rules: BoardRules) -> [(userID: String, score: Int64)] {
        model.rankings[ranking]?.entries.map { ($0.entry.userID, $0.entry.score) } ?? []
    }

    func lastTop(_ window: BoardWindow) -> Top? { nil }

    nonisolated func checksum(_ text: String) -> String { text }

    private static func receipt(_ receipt: ModelReceipt) -> Receipt {
        let first = receipt.outcomes.first { $0.place != nil }
        return Receipt(
            score: first?.place?.score ?? 0, rank: first?.place?.rank ?? 0, board: first?.ranking.board,
            rankings: receipt.outcomes)
    }
}
