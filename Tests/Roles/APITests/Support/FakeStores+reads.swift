import Leaderboard
import NIOConcurrencyHelpers

extension FakeStores: LeaderboardReader {
    func read(
        _ question: RankingQuestion, board: Board, window: Window, period: ReadPeriod,
        completion: @escaping @Sendable (Result<RankingAnswer, StoreError>) -> Void
    ) {
        let answer: @Sendable () -> Void = { [self] in
            completion(
                Result { () throws(StoreError) in
                    try here { state throws(StoreError) in
                        let chosen: Period? =
                            switch period {
                            case .current: BoardCalendar(board).current(at: state.now, in: window.name)
                            case .named(let period): period
                            }
                        guard let chosen else { throw Self.away }
                        let ranking = Ranking(board: board.id, window: window.name, period: chosen.name)
                        return Self.answer(question, state.scores[ranking] ?? [:], chosen, at: state.now)
                    }
                })
        }
        let isHeld = state.withLockedValue { state in
            state.reads += 1
            if state.holdsReads { state.heldReads.append(answer) }
            return state.holdsReads
        }
        if !isHeld { answer() }
    }

    /// The answer of a ranking with `desc` and `first`, in which equal scores are in the order of their users.
    private static func answer(
        _ question: RankingQuestion, _ scores: [String: Int64], _ period: Period, at now: Int64
    ) -> RankingAnswer {
        let sorted = scores.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let all = sorted.enumerated().map { index, row in
            PlacedEntry(
                entry: LeaderboardEntry(rank: Int64(index) + 1, userID: row.key, score: row.value),
                place: Int64(index) + 1, better: Int64(sorted.prefix { $0.value > row.value }.count), updatedAt: 1000,
                after: LeaderboardCursor(score: row.value, member: row.key))
        }
        var answer = RankingAnswer(epoch: "e", version: 7, at: now, period: period, total: Int64(all.count))
        func show(from start: Int, _ count: Int) {
            answer.entries = Array(all.dropFirst(start).prefix(count))
        }
        switch question {
        case .page(let limit, let cursor):
            let start = cursor.flatMap { cursor in all.firstIndex { $0.after == cursor } }.map { $0 + 1 } ?? 0
            show(from: start, limit)
            answer.next = start + limit < all.count ? answer.entries.last?.after : nil
        case .pageFrom(let offset, let limit):
            show(from: offset, limit)
            answer.next = offset + limit < all.count ? answer.entries.last?.after : nil
        case .around(let user, let limit):
            guard let place = all.firstIndex(where: { $0.entry.userID.utf8.elementsEqual(user.utf8) }) else { break }
            show(from: max(0, min(place - (limit - 1) / 2, all.count - limit)), limit)
        case .users(let users):
            answer.entries = all.filter { entry in
                users.contains { $0.utf8.elementsEqual(entry.entry.userID.utf8) }
            }
        case .rank(let score): answer.rank = Int64(all.prefix { $0.entry.score >= score }.count) + 1
        case .entry(let place): answer.entries = all.filter { $0.place == place }
        case .top(let part, let limit):
            let count = (Int64(all.count) * part + 999_999) / 1_000_000
            (answer.rank, answer.last) = (count, all.prefix(Int(count)).last)
            show(from: 0, min(limit, Int(count)))
        }
        return answer
    }
}

extension FakeStores: Archive {
    func archive(_ ranking: Ranking, board: Board, period: Period) async throws(StoreError) -> Bool { false }
    func prune(board: Board) async throws(StoreError) -> Bool { true }
    func periods(board: String, window: String, names: [String]) async throws(StoreError) -> [ArchivedPeriod] {
        try here { state throws(StoreError) in
            state.archived.filter { $0.key.board == board && $0.key.window == window && names.contains($0.key.period) }
                .map { ArchivedPeriod(ranking: $0, entries: Int64($1.count), checksum: "abc") }
        }
    }
    func read(
        _ question: RankingQuestion, board: Board, window: Window, period: Period
    ) async throws(StoreError) -> RankingAnswer? {
        try here { state throws(StoreError) in
            guard !state.isArchiveAway else { throw Self.away }
            return state.archived[Ranking(board: board.id, window: window.name, period: period.name)].map {
                Self.answer(question, $0, period, at: state.now)
            }
        }
    }
}
