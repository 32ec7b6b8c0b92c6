import Leaderboard

/// A ranking in the simplest form: a list that is sorted again for each question.
struct PlainRanking {
    private struct Standing {
        var user: String
        var score: Int64
        /// The number of the change that reached the score.
        var reached: Int
    }

    let rules: BoardRules
    private var standings: [Standing] = []
    private var changes = 0

    init(_ rules: BoardRules) {
        self.rules = rules
    }

    /// Sets a user's score, unless the user has it already.
    mutating func set(_ user: String, _ score: Int64) {
        if let old = standings.first(where: { $0.user == user }), old.score == score { return }
        changes += 1
        remove(user)
        standings.append(Standing(user: user, score: score, reached: changes))
    }

    mutating func remove(_ user: String) { standings.removeAll { $0.user == user } }

    /// All entries, best first, without their times.
    var entries: [PlacedEntry] {
        let list = standings.sorted { one, other in
            if one.score != other.score { return rules.order.isBetter(one.score, than: other.score) }
            return (one.reached < other.reached) == (rules.ties != .last)
        }
        return list.enumerated().map { index, standing in
            PlacedEntry(
                entry: LeaderboardEntry(
                    rank: rank(standing.score, place: index + 1), userID: standing.user, score: standing.score),
                place: Int64(index + 1), better: Int64(better(than: standing.score).count))
        }
    }

    /// The rank of somebody who reaches a score now.
    func newcomersRank(_ score: Int64) -> Int64 {
        let equal = standings.count { $0.score == score }
        return rank(score, place: better(than: score).count + 1 + (rules.ties == .first ? equal : 0))
    }

    private func better(than score: Int64) -> [Int64] {
        standings.map(\.score).filter { rules.order.isBetter($0, than: score) }
    }

    private func rank(_ score: Int64, place: Int) -> Int64 {
        switch rules.ties {
        case .first, .last: Int64(place)
        case .shared: Int64(better(than: score).count + 1)
        case .dense: Int64(Set(better(than: score)).count + 1)
        }
    }
}
