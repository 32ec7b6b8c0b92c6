import Leaderboard

extension BoardRun {
    /// Asks a question about the current period, or about the one in which a time lies.
    mutating func read(
        _ question: RankingQuestion, _ board: Board, _ window: Window, at time: Int64?
    ) async throws -> String? {
        let calendar = BoardCalendar(board)
        let now = try await system.now()
        let period = time.map { calendar.period(at: $0, in: window.name) } ?? calendar.current(at: now, in: window.name)
        guard let period else { return nil }
        // Which period is current is left to the store, unless there is only one.
        let asked = time == nil && !window.hasOnePeriod ? nil : period
        let ranking = Ranking(board: board.id, window: window.name, period: period.name)
        if model.archives[ranking] != nil { return try await compareArchive(ranking, window) }
        return try await settle { [system] in
            try await system.read(question, board: board, window: window, period: asked.map { .named($0) } ?? .current)
        } check: { model, now, answer in
            guard
                let expected = model.read(question, board, window: window.name, period: asked, at: now)
            else { return "there is no period, and the answer is of \(answer.period.name)" }
            guard answer.period == expected.period else {
                return "the answer is of \(answer.period), and not of \(expected.period)"
            }
            guard ModelAnswer(answer) == expected.answer else {
                return "the answer is \(ModelAnswer(answer)), and not \(expected.answer)"
            }
            guard asked == nil else { return nil }
            let watched = BoardWindow(board: board.id, window: window.name)
            let versions = model.versions[watched, default: ModelVersion()].range
            return model.observe(answer.version, of: watched)
                ? nil : "the version is \(answer.version), and not within \(versions)"
        }
    }

    /// Reads the current period page by page.
    mutating func walk(_ board: Board, _ window: Window, limit: Int) async throws -> String? {
        let calendar = BoardCalendar(board)
        return try await settle { [system] in
            let period = calendar.current(at: try await system.now(), in: window.name)
            var (entries, cursor): ([PlacedEntry], LeaderboardCursor?) = ([], nil)
            repeat {
                guard let period else { break }
                let answer = try await system.read(
                    .page(limit: limit, after: cursor), board: board, window: window, period: .named(period))
                entries += ModelAnswer(answer).entries
                cursor = answer.next
            } while cursor != nil && entries.count < 1000
            return (period, entries)
        } check: { model, now, found in
            guard let period = found.0 else { return nil }
            let expected = model.read(
                .page(limit: 1000, after: nil), board, window: window.name, period: period, at: now)
            return expected?.answer.entries == found.1
                ? nil : "the pages hold \(found.1), and not \(expected?.answer.entries ?? [])"
        }
    }

    mutating func turn(_ board: Board, _ window: Window) async throws -> String? {
        guard !window.hasOnePeriod else { return nil }
        let calendar = BoardCalendar(board)
        return try await settle { [system] in
            if let period = calendar.period(at: try await system.now(), in: window.name) {
                try await system.turn(board, window: window, to: period)
            }
        } check: { model, now, _ in
            model.turn(board, window: window.name, at: now)
            return nil
        }
    }

    /// Seals what is due. The store may know later than the model that something is due, but not earlier.
    mutating func seal() async throws -> String? {
        try await settle { [system] in
            try await system.sealDue()
        } check: { model, now, sealed in
            let due = Set(model.due(at: now))
            for ranking in sealed {
                if model.rankings[ranking] != nil, !due.contains(ranking) { return "\(ranking) was not due" }
                model.seal(ranking)
            }
            let missing = due.subtracting(sealed).filter { model.rankings[$0]?.scores.isEmpty == false }
            return missing.isEmpty ? nil : "\(missing) had to be sealed"
        }
    }

    /// Compares all archives, all scores in Postgres, all rankings, and the last tops of watchers.
    mutating func compare() async throws -> String? {
        for ranking in model.archives.keys {
            guard let board = model.boards[ranking.board], let window = board.window(ranking.window) else { continue }
            if let text = try await compareArchive(ranking, window) { return text }
        }
        for (ranking, content) in model.rankings {
            let stored = try await system.ledgerScores(ranking, rules: content.rules)
            let expected = content.entries.map(\.entry)
            let isSame =
                stored.count == expected.count
                && zip(stored, expected).allSatisfy {
                    ByteExact($0.userID) == ByteExact($1.userID) && $0.score == $1.score
                }
            if !isSame { return "Postgres has \(stored) for \(ranking), and not \(expected)" }
        }
        for board in boards.values {
            for window in board.windows {
                if let text = try await read(.page(limit: 1000, after: nil), board, window, at: nil) { return text }
                if let text = try await compareWatchers(board, window) { return text }
            }
        }
        return nil
    }

    private func compareArchive(_ ranking: Ranking, _ window: Window) async throws -> String? {
        guard let content = model.archives[ranking], let board = model.boards[ranking.board] else { return nil }
        guard let stored = try await system.archive(ranking, board: board, window: window, period: content.period)
        else { return "there is no archive of \(ranking)" }
        let expected = content.entries.map(\.entry)
        guard stored.entries == expected else {
            return "the archive of \(ranking) has \(stored.entries), and not \(expected)"
        }
        return stored.checksum == system.checksum(content.archiveText)
            ? nil : "the archive of \(ranking) has another checksum"
    }

    /// Watchers were sent the current top, if they were sent one of this period.
    private mutating func compareWatchers(_ board: Board, _ window: Window) async throws -> String? {
        let watched = BoardWindow(board: board.id, window: window.name)
        return try await settle { [system] in
            try await system.lastTop(watched)
        } check: { model, now, top in
            guard let top, let period = BoardCalendar(board).current(at: now, in: window.name),
                top.period == period.name,
                let versions = model.versions[watched]?.range, versions == top.version...top.version
            else { return nil }
            let ranking = Ranking(board: board.id, window: window.name, period: period.name)
            let expected = model.rankings[ranking]?.top(board.top) ?? []
            return top.entries == expected ? nil : "watchers were sent \(top.entries), and not \(expected)"
        }
    }
}
