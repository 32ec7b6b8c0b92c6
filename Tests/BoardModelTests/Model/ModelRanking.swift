import Leaderboard

/// One ranking of the model: a list of scores, and what a reader finds in it. Nothing is kept in order: whoever asks
/// gets a sorted copy.
struct ModelRanking: Hashable, Sendable {
    /// A user's score.
    struct Score: Hashable, Sendable {
        @ByteExact var userID: String
        var score: Int64
        /// The number of the change that led to this score; it orders equal scores.
        var reached: Int
    }

    var period: Period
    var rules: BoardRules
    /// The time from which it has to be sealed, as it is known to those who seal; nil if there is none.
    var cut: Int64?
    var scores: [Score] = []

    func score(of userID: String) -> Int64? {
        scores.first { ByteExact($0.userID) == ByteExact(userID) }?.score
    }

    mutating func set(_ score: Int64, of userID: String, reached: Int) {
        remove(userID)
        scores.append(Score(userID: userID, score: score, reached: reached))
    }

    /// Returns whether the user had a score.
    @discardableResult mutating func remove(_ userID: String) -> Bool {
        let before = scores.count
        scores.removeAll { ByteExact($0.userID) == ByteExact(userID) }
        return scores.count < before
    }

    /// All scores, best first.
    private var list: [Score] {
        scores.sorted { one, other in
            if one.score != other.score { return rules.order.isBetter(one.score, than: other.score) }
            return rules.ties == .last ? one.reached > other.reached : one.reached < other.reached
        }
    }

    /// All entries, best first.
    var entries: [PlacedEntry] {
        var entries: [PlacedEntry] = []
        // How many have a better score, and how many better scores there are.
        var (better, levels) = (0, 0)
        for (index, score) in list.enumerated() {
            if let last = entries.last, last.entry.score != score.score { (better, levels) = (index, levels + 1) }
            let rank =
                switch rules.ties {
                case .first, .last: index + 1
                case .shared: better + 1
                case .dense: levels + 1
                }
            entries.append(
                PlacedEntry(
                    entry: LeaderboardEntry(rank: Int64(rank), userID: score.userID, score: score.score),
                    place: Int64(index + 1), better: Int64(better)))
        }
        return entries
    }

    func entry(of userID: String) -> PlacedEntry? {
        entries.first { ByteExact($0.entry.userID) == ByteExact(userID) }
    }

    func top(_ count: Int) -> [LeaderboardEntry] { entries.prefix(count).map(\.entry) }

    /// The ranking without all scores after the first ones.
    func head(_ count: Int) -> ModelRanking {
        var head = self
        head.scores = Array(list.prefix(count))
        return head
    }

    /// The lines of which an archive has the checksum.
    var archiveText: String {
        entries.map { "\($0.entry.rank),\($0.entry.userID),\($0.entry.score)\n" }.joined()
    }

    /// The answer to a question.
    func answer(_ question: RankingQuestion) -> ModelAnswer {
        let all = entries
        let total = Int64(all.count)
        switch question {
        case .page(let limit, _):
            return ModelAnswer(total: total, entries: Array(all.prefix(limit)), hasNext: all.count > limit)
        case .pageFrom(let offset, let limit):
            return ModelAnswer(
                total: total, entries: Array(all.dropFirst(offset).prefix(limit)), hasNext: all.count > offset + limit)
        case .around(let userID, let limit):
            guard let place = entry(of: userID)?.place else { return ModelAnswer(total: total) }
            let start = max(0, min(Int(place) - 1 - (limit - 1) / 2, all.count - limit))
            return ModelAnswer(total: total, entries: Array(all.dropFirst(start).prefix(limit)))
        case .users(let userIDs):
            let wanted = Set(userIDs.map { ByteExact($0) })
            return ModelAnswer(total: total, entries: all.filter { wanted.contains(ByteExact($0.entry.userID)) })
        case .rank(let score): return ModelAnswer(total: total, rank: rankOfNewcomer(score))
        case .entry(let place): return ModelAnswer(total: total, entries: all.filter { $0.place == place })
        case .top(let part, let limit):
            let count = (total * part + 999_999) / 1_000_000
            return ModelAnswer(
                total: total, entries: Array(all.prefix(min(limit, Int(count)))), rank: count,
                last: all.first { $0.place == count })
        }
    }

    /// The rank of a newcomer: it reaches its score after all others.
    private func rankOfNewcomer(_ score: Int64) -> Int64 {
        let better = scores.filter { rules.order.isBetter($0.score, than: score) }
        switch rules.ties {
        case .first: return Int64(better.count + scores.count(where: { $0.score == score }) + 1)
        case .last, .shared: return Int64(better.count + 1)
        case .dense: return Int64(Set(better.map(\.score)).count + 1)
        }
    }
}

/// What a question about a ranking is answered with, as far as it does not depend on the time.
struct ModelAnswer: Hashable, Sendable {
    var total: Int64
    var entries: [PlacedEntry] = []
    var rank: Int64?
    var last: PlacedEntry?
    var hasNext = false

    init(total: Int64, entries: [PlacedEntry] = [], rank: Int64? = nil, last: PlacedEntry? = nil, hasNext: Bool = false)
    {
        (self.total, self.entries, self.rank, self.last, self.hasNext) = (total, entries, rank, last, hasNext)
    }

    /// The same of an answer of a store. The times of scores are left out.
    init(_ answer: RankingAnswer) {
        func timeless(_ entry: PlacedEntry) -> PlacedEntry {
            PlacedEntry(entry: entry.entry, place: entry.place, better: entry.better)
        }
        self.init(
            total: answer.total, entries: answer.entries.map(timeless), rank: answer.rank,
            last: answer.last.map(timeless), hasNext: answer.next != nil)
    }
}
