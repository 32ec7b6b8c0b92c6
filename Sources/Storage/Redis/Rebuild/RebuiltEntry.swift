import Leaderboard

/// A standing as `lua/apply.lua` keeps it.
struct RebuiltEntry {
    /// Its value in the sorted set.
    let value: String
    /// Its member of the sorted set.
    let member: String
    /// Its place in the hash of members.
    let place: String

    private static let tieKeyMax: Int64 = 9_007_199_254_740_991
    private static let tieKeyDigits = 16

    init(_ standing: Standing, in ranking: RebuiltRanking) {
        value = String(ranking.order == .ascending ? 0 - standing.score : standing.score)
        let number = String(ranking.ties == .last ? standing.reachedSeq : Self.tieKeyMax - standing.reachedSeq)
        let tieKey = String(repeating: "0", count: max(0, Self.tieKeyDigits - number.utf8.count)) + number
        member = tieKey + standing.userID
        place = "\(tieKey)\(standing.score) \(standing.updatedAt)"
    }
}
