import Leaderboard

extension BoardRun {
    /// Asks a question about the current period, or about the one in which a time lies.
    mutating func read(
        _ question: RankingQuestion, _ calendar: BoardCalendar, _ window: Window, at time: Int64?
    ) async throws -> String? {
        let board = calendar.board
        let current = model.current(board, window: window.name, at: now)
        guard let period = time.map({ calendar.period(at: $0, in: window.name) }) ?? current else { return nil }
        let ranking = Ranking(board: board.id, window: window.name, period: period.name)
        if let content = model.archives[ranking] {
            let answer = try await system.archived(question, ranking, board: board, window: window, period: period)
            let expected = content.answer(question)
            return answer.map { ModelAnswer($0) } == expected
                ? nil : "the archive answers \(String(describing: answer)), and not \(expected)"
        }
        let answer = try await system.read(
            question, board: board, window: window, period: time == nil ? .current : .named(period))
        guard let expected = model.read(question, board, window: window.name, period: time.map { _ in period }, at: now)
        else { return "the store answers with the period \(answer.period.name), and the model has none" }
        guard answer.period == expected.period else {
            return "the answer is of \(answer.period), and not of \(expected.period)"
        }
        guard ModelAnswer(answer) == expected.answer else {
            return "the answer is \(ModelAnswer(answer)), and not \(expected.answer)"
        }
        guard time == nil else { return nil }
        return observe(answer.version, of: BoardWindow(board: board.id, window: window.name))
    }

    private mutating func observe(_ version: Int64, of window: BoardWindow) -> String? {
        let versions = model.versions[window, default: ModelVersion()].range
        return model.observe(version, of: window) ? nil : "the version is \(version), and not within \(versions)"
    }

    /// Reads the current period page by page.
    mutating func walk(_ calendar: BoardCalendar, _ window: Window, limit: Int) async throws -> String? {
        let board = calendar.board
        guard let period = model.current(board, window: window.name, at: now) else { return nil }
        let ranking = Ranking(board: board.id, window: window.name, period: period.name)
        guard model.archives[ranking] == nil else { return nil }
        var (entries, cursor): ([PlacedEntry], LeaderboardCursor?) = ([], nil)
        repeat {
            let answer = try await system.read(
                .page(limit: limit, after: cursor), board: board, window: window, period: .named(period))
            entries += ModelAnswer(answer).entries
            cursor = answer.next
        } while cursor != nil && entries.count < 1000
        let expected = model.ranking(ranking, period: period, of: board).entries
        return entries == expected ? nil : "the pages hold \(entries), and not \(expected)"
    }

    /// Seals what is due.
    mutating func seal() async throws -> String? {
        let sealed = Set(try await system.sealDue())
        let due = Set(model.due(at: now))
        guard sealed == due else {
            return "sealed were \(sealed.subtracting(due)) too early, and \(due.subtracting(sealed)) not"
        }
        for ranking in due {
            model.seal(ranking)
            newArchives.insert(ranking)
        }
        return nil
    }

    /// Compares the new archives, all scores in Postgres, all current rankings, and the last tops of watchers.
    mutating func compare() async throws -> String? {
        for ranking in newArchives {
            if let text = try await compareArchive(ranking) { return text }
        }
        newArchives = []
        if let text = compareLedger(try await system.ledgerScores()) { return text }
        for calendar in boards.values {
            for window in calendar.board.windows {
                if let text = try await read(.page(limit: 1000, after: nil), calendar, window, at: nil) { return text }
            }
        }
        let tops = try await system.lastTops()
        for board in boards.values.map(\.board) {
            for window in board.windows {
                let watched = BoardWindow(board: board.id, window: window.name)
                if let text = compareWatchers(watched, tops[watched]) { return "\(watched): \(text)" }
            }
        }
        return nil
    }

    private func compareArchive(_ ranking: Ranking) async throws -> String? {
        guard let content = model.archives[ranking], let board = model.boards[ranking.board],
            let window = board.window(ranking.window)
        else { return nil }
        let all = RankingQuestion.page(limit: 1000, after: nil)
        let stored = try await system.archived(all, ranking, board: board, window: window, period: content.period)
        guard let stored else { return "the archive of \(ranking) is missing" }
        guard ModelAnswer(stored) == content.answer(all) else {
            return "the archive of \(ranking) is \(ModelAnswer(stored)), and not \(content.answer(all))"
        }
        return try await system.checksum(ofArchive: ranking) == system.checksum(content.archiveText)
            ? nil : "the archive of \(ranking) has another checksum"
    }

    private func compareLedger(_ stored: [Ranking: [LedgerScore]]) -> String? {
        for (ranking, content) in model.rankings where !content.scores.isEmpty {
            let rules = content.rules
            let list = (stored[ranking] ?? []).sorted { one, other in
                if one.score != other.score { return rules.order.isBetter(one.score, than: other.score) }
                return rules.ties == .last ? one.reached > other.reached : one.reached < other.reached
            }
            let expected = content.entries.map(\.entry)
            let isSame = list.elementsEqual(expected) {
                ByteExact($0.userID) == ByteExact($1.userID) && $0.score == $1.score
            }
            if !isSame { return "Postgres has \(list) for \(ranking), and not \(expected)" }
        }
        for (ranking, list) in stored where model.rankings[ranking]?.scores.isEmpty ?? true {
            return "Postgres has \(list) for \(ranking), and no score is left there"
        }
        return nil
    }

    /// Watchers were told each version, so the last one is the current one.
    private mutating func compareWatchers(_ window: BoardWindow, _ top: Top?) -> String? {
        let expected = model.versions[window]?.told
        guard let top else { return expected.map { "watchers were sent nothing, and not \($0)" } }
        guard ModelVersion.Told(period: top.period, entries: top.entries) == expected else {
            return "watchers were sent \(top), and not \(String(describing: expected))"
        }
        return observe(top.version, of: window)
    }
}
