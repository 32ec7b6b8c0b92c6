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
    /// The heads of sealed seasons, which watchers go on to see.
    private var heads: [Ranking: ModelRanking] = [:]
    /// The outcomes of action ids that have counted, by signature.
    var receipts: [String: ModelReceipt] = [:]
    /// How long the receipt of an action id is kept after its issue at least, in s.
    let receiptLifetime: Int64
    /// The last second whose action ids may have lost their receipts.
    var forgettable = Int64.min
    /// The tops of the windows.
    var versions: [BoardWindow: ModelVersion] = [:]
    /// The end of the last sealed period of a window. Nothing counts on that period or on an earlier one.
    private var sealedUntil: [BoardWindow: Int64] = [:]
    /// The number of changes of scores.
    var changes = 0
    private var calendars: [String: BoardCalendar] = [:]

    init(receiptLifetime: Int64 = 750) { self.receiptLifetime = receiptLifetime }

    /// The ranking, empty if nobody has a score.
    func ranking(_ ranking: Ranking, period: Period, of board: Board) -> ModelRanking {
        rankings[ranking] ?? ModelRanking(period: period, rules: board.rules)
    }

    /// Whether a period takes no more actions, if its board has this grace.
    func isSealed(_ period: Period, _ ranking: Ranking, graceMilliseconds: Int64, at now: Int64) -> Bool {
        guard let endsAt = period.endsAt else { return false }
        let last = sealedUntil[BoardWindow(board: ranking.board, window: ranking.window)]
        return period.state(at: now, graceMilliseconds: graceMilliseconds) == .sealed
            || last.map { endsAt <= $0 } ?? false
    }

    /// The period of a window that reads and watchers call current. After a clock has stepped back, the period that had
    /// begun stays the current one.
    func current(_ board: Board, window: String, at now: Int64) -> Period? {
        let begun = versions[BoardWindow(board: board.id, window: window)]?.period?.startsAt
        return calendar(board).current(at: max(now, begun ?? now), in: window)
    }

    /// The calendar of a board, which may be as it was before.
    private func calendar(_ board: Board) -> BoardCalendar {
        if let calendar = calendars[board.id], calendar.board == board { return calendar }
        return BoardCalendar(board)
    }

    // MARK: - What administrators do

    /// Adds a board, or changes one. A change of the form empties it.
    mutating func put(_ board: Board, emptying: Bool, at now: Int64) {
        let old = boards.updateValue(board, forKey: board.id)
        calendars[board.id] = BoardCalendar(board)
        if emptying { return empty(board, at: now) }
        for (ranking, content) in rankings where ranking.board == board.id {
            rankings[ranking]?.rules = board.rules
            // An earlier cut is known at once, a later one when the previous one is over.
            if let known = content.cut, known > now, let cut = cut(of: ranking), cut < known {
                rankings[ranking]?.cut = cut
            }
        }
        guard let old, old.top != board.top else { return }
        for window in board.windows {
            // Watchers are told the top in its new size, once.
            guard let period = current(board, window: window.name, at: now),
                !turn(board, window: window.name, to: period)
            else { continue }
            tell(board, window.name, period, changes: 1...1)
        }
    }

    private mutating func empty(_ board: Board, at now: Int64) {
        for window in board.windows {
            guard let period = calendar(board).current(at: now, in: window.name) else { continue }
            let watched = BoardWindow(board: board.id, window: window.name)
            let ranking = Ranking(board: board.id, window: window.name, period: period.name)
            let hadScores = (rankings[ranking] ?? heads[ranking])?.scores.isEmpty == false
            let told = ModelVersion.Told(period: period.name, entries: [])
            var isNew = false
            if period.endsAt == nil {
                versions[watched]?.begin(nil)
            } else {
                isNew = versions[watched, default: ModelVersion()].turn(to: period, told: told)
            }
            if hadScores, !isNew { versions[watched, default: ModelVersion()].grow(by: 1...1, told: told) }
        }
        for watched in versions.keys where watched.board == board.id && board.window(watched.window) == nil {
            versions[watched]?.begin(nil)
        }
        rankings = rankings.filter { $0.key.board != board.id }
        heads = heads.filter { $0.key.board != board.id }
        // They stay in the database, but their names can be names of other periods now.
        archives = archives.filter { $0.key.board != board.id }
        sealedUntil = sealedUntil.filter { $0.key.board != board.id || board.window($0.key.window) != nil }
    }

    /// Empties the current periods of some windows.
    mutating func reset(_ board: Board, windows: [Window], at now: Int64) {
        for window in windows {
            guard let (ranking, period) = open(board, window, at: now) else { continue }
            guard rankings[ranking]?.scores.isEmpty == false else { continue }
            rankings[ranking]?.scores = []
            tell(board, window.name, period, changes: 1...1)
        }
    }

    /// Deletes a user's scores in the current periods of all windows. Returns whether there were any.
    mutating func delete(_ userID: String, of board: Board, at now: Int64) -> Bool {
        var found = false
        for window in board.windows {
            guard let (ranking, period) = open(board, window, at: now), let before = rankings[ranking]?.top(board.top)
            else { continue }
            guard rankings[ranking]?.remove(userID) == true else { continue }
            found = true
            if rankings[ranking]?.top(board.top) != before { tell(board, window.name, period, changes: 1...1) }
        }
        return found
    }

    /// Turns a window to its current period. Returns its ranking, unless that has to be sealed.
    private mutating func open(_ board: Board, _ window: Window, at now: Int64) -> (Ranking, Period)? {
        guard let period = current(board, window: window.name, at: now) else { return nil }
        turn(board, window: window.name, to: period)
        let ranking = Ranking(board: board.id, window: window.name, period: period.name)
        return rankings[ranking]?.cut.map { $0 <= now } ?? false ? nil : (ranking, period)
    }

    // MARK: - What the calendar does

    /// The time from which a ranking is sealed, by its board as it is now.
    private func cut(of ranking: Ranking) -> Int64? {
        guard let board = boards[ranking.board] else { return nil }
        let period = calendar(board).calendar(ranking.window)?.period(named: ranking.period)
        return period?.cut(graceMilliseconds: board.graceMilliseconds)
    }

    /// The rankings that have to be sealed.
    mutating func due(at now: Int64) -> [Ranking] {
        var due: [Ranking] = []
        for (ranking, content) in rankings {
            guard let known = content.cut, known <= now else { continue }
            guard let cut = cut(of: ranking), cut > now else {
                due.append(ranking)
                continue
            }
            rankings[ranking]?.cut = cut
        }
        return due
    }

    /// Seals a ranking. It is archived if it has scores.
    mutating func seal(_ ranking: Ranking) {
        guard let board = boards[ranking.board], var content = rankings.removeValue(forKey: ranking) else { return }
        content.period = calendar(board).calendar(ranking.window)?.period(named: ranking.period) ?? content.period
        if !content.scores.isEmpty {
            archives[ranking] = content
            if board.window(ranking.window)?.hasOnePeriod == true { heads[ranking] = content.head(board.top) }
        }
        let window = BoardWindow(board: ranking.board, window: ranking.window)
        if let endsAt = content.period.endsAt { sealedUntil[window] = max(sealedUntil[window] ?? endsAt, endsAt) }
    }

    /// Begins the period of a window that runs now, unless it is over by what has begun already.
    mutating func turn(_ board: Board, window: String, at now: Int64) {
        guard let period = calendar(board).period(at: now, in: window),
            period == current(board, window: window, at: now)
        else { return }
        turn(board, window: window, to: period)
    }

    /// Makes a period the current one of its window. Returns whether that is a new version.
    @discardableResult mutating func turn(_ board: Board, window: String, to period: Period) -> Bool {
        guard period.endsAt != nil else { return false }
        let top = top(board, window, period)
        return versions[BoardWindow(board: board.id, window: window), default: ModelVersion()]
            .turn(to: period, told: top)
    }

    /// Counts changes of a window's top, and tells watchers.
    mutating func tell(_ board: Board, _ window: String, _ period: Period, changes: ClosedRange<Int64>) {
        let top = top(board, window, period)
        versions[BoardWindow(board: board.id, window: window), default: ModelVersion()].grow(by: changes, told: top)
    }

    private func top(_ board: Board, _ window: String, _ period: Period) -> ModelVersion.Told {
        let ranking = Ranking(board: board.id, window: window, period: period.name)
        let content = rankings[ranking] ?? heads[ranking]
        return ModelVersion.Told(period: period.name, entries: content?.top(board.top) ?? [])
    }
}
