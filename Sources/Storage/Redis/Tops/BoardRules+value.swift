import Leaderboard

extension BoardRules.Order {
    /// The number by which a ranking in Redis is ordered: greater is better. Zero has no sign in it.
    func value(ofScore score: Int64) -> Int64 { self == .descending ? score : 0 &- score }

    /// The score of a value.
    func score(ofValue value: Int64) -> Int64 { self == .descending ? value : 0 &- value }
}
