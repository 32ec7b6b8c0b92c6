import Leaderboard

/// Boards in memory, as a reader expects them to work: arrays and dictionaries, and no cleverness. Stores are compared
/// with it.
///
/// It has no clock: each call is given the time, in ms since 1970, at which the store does the same.
struct BoardModel: Sendable {
    /// The boards as they are now, by id.
    private(set) var boards: [String: Board] = [:]
    /// The rankings that are not sealed and have, or had, scores.
    var rankings: [Ranking: ModelRanking] = [:]
    /// The rankings that were sealed with scores in them.
    private(set) var archives: [Ranking: ModelRanking] = [:]
    /// The outcomes of action ids that have counted, by signature.
    var receipts: [String: ModelReceipt] = [:]
    /// The versions of the tops.
    var versions: [BoardWindow: ModelVersion] = [:]
    /// The end of the last sealed period of a window. Nothing counts on that period or on an earlier one.
    private var sealedUntil: [BoardWindow: Int64] = [:]
    /// The number of changes of scores.
    var changes = 0

    /// The ranking, empty if nobody has a score.
    func ranking(_ ranking: Ranking, period: Period, of board: Board) -> ModelRanking {
        rankings[ranking] ?? ModelRanking(period: period, rules: board.rules)
    }

    /// Whether a period takes no more actions.
    func isSealed(_ period: Period, _ ranking: Ranking, graceMilliseconds: Int64, at now: Int64) -> Bool {
        guard let endsAt = period.endsAt else { return false }
        let last = sealedUntil[BoardWindow(board: ranking.board, window: ranking.window)]
        return period.state(at: now, graceMilliseconds: graceMilliseconds) == .sealed
            || last.map { endsAt <= $0 } ?? false
    }

    /// Whether a board has scores that are not sealed.
    func hasScores(_ board: String) -> Bool {
        rankings.contains { $0.key.board == board && !$0.value.scores.isEmpty }
    }

    // MARK: - What administrators do

    /// Adds a board, or changes one. A change of the form empties it.
    mutating func put(_ board: Board, emptying: Bool, at now: Int64) {
        let added = board.windows.filter { boards[board.id]?.window($0.name) == nil }
        for window in added where window.hasOnePeriod {
            versions[BoardWindow(board: board.id, window: window.name)]?.grow(by: 0...1)
        }
        if emptying {
            rankings = rankings.filter { $0.key.board != board.id }
            // They stay in the database, but their names can be names of other periods now.
            archives = archives.filter { $0.key.board != board.id }
            sealedUntil = sealedUntil.filter { $0.key.board != board.id || board.window($0.key.window) != nil }
            for window in versions.keys where window.board == board.id {
                // How many versions that makes is not said.
                let period = board.window(window.window).flatMap { BoardCalendar(board).current(at: now, in: $0.name) }
                versions[window]?.begin(period?.name, after: 0...3)
            }
        }
        for ranking in rankings.keys where ranking.board == board.id { rankings[ranking]?.rules = board.rules }
        boards[board.id] = board
    }

    /// Empties the current periods of some windows.
    mutating func reset(_ board: Board, windows: [Window], at now: Int64) {
        for window in windows {
            guard let period = BoardCalendar(board).current(at: now, in: window.name) else { continue }
            let ranking = Ranking(board: board.id, window: window.name, period: period.name)
            guard !isSealed(period, ranking, graceMilliseconds: board.graceMilliseconds, at: now) else { continue }
            turn(board, window: window.name, at: now)
            let wasEmpty = rankings[ranking]?.scores.isEmpty ?? true
            rankings[ranking]?.scores = []
            versions[BoardWindow(board: board.id, window: window.name), default: ModelVersion()]
                .grow(by: wasEmpty ? 0...1 : 1...1)
        }
    }

    /// Deletes a user's scores in the current periods of all windows. Returns whether there were any.
    mutating func delete(_ userID: String, of board: Board, at now: Int64) -> Bool {
        var found = false
        for window in board.windows {
            guard let period = BoardCalendar(board).current(at: now, in: window.name) else { continue }
            let ranking = Ranking(board: board.id, window: window.name, period: period.name)
            guard !isSealed(period, ranking, graceMilliseconds: board.graceMilliseconds, at: now),
                let before = rankings[ranking]?.top(board.top), rankings[ranking]?.remove(userID) == true
            else { continue }
            found = true
            turn(board, window: window.name, at: now)
            if rankings[ranking]?.top(board.top) != before {
                versions[BoardWindow(board: board.id, window: window.name), default: ModelVersion()].grow(by: 1...1)
            }
        }
        return found
    }

    /// Moves the end of a season, also of its scores.
    mutating func moveEnd(of board: Board, window: Window) {
        guard let period = BoardCalendar(board).current(at: 0, in: window.name) else { return }
        rankings[Ranking(board: board.id, window: window.name, period: period.name)]?.period = period
    }

    // MARK: - What the calendar does

    /// The rankings that have to be sealed.
    func due(at now: Int64) -> [Ranking] {
        rankings.compactMap { ranking, content in
            guard let board = boards[ranking.board] else { return nil }
            let isSealed = isSealed(content.period, ranking, graceMilliseconds: board.graceMilliseconds, at: now)
            return isSealed ? ranking : nil
        }
    }

    /// Seals a ranking. It is archived if it has scores.
    mutating func seal(_ ranking: Ranking) {
        guard let content = rankings.removeValue(forKey: ranking), let endsAt = content.period.endsAt else { return }
        if !content.scores.isEmpty { archives[ranking] = content }
        let window = BoardWindow(board: ranking.board, window: ranking.window)
        sealedUntil[window] = max(sealedUntil[window] ?? endsAt, endsAt)
    }

    /// Begins the period of a window that runs now: the version grows by one, unless that is the first one.
    mutating func turn(_ board: Board, window: String, at now: Int64) {
        guard board.window(window)?.hasOnePeriod == false, let period = BoardCalendar(board).period(at: now, in: window)
        else { return }
        versions[BoardWindow(board: board.id, window: window), default: ModelVersion()].turn(to: period.name)
    }

    /// Takes it that the versions may have grown further than they are known to have.
    mutating func forgetVersions() {
        for window in versions.keys { versions[window]?.grow(by: 0...100) }
    }
}
