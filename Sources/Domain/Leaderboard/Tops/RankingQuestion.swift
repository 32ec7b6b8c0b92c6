/// A question about one ranking.
public enum RankingQuestion: Hashable, Sendable {
    /// The entries after a place, or from the head; 1 to 1000 of them.
    case page(limit: Int, after: LeaderboardCursor?)
    /// The entries from a place in the list, counted from 0.
    case pageFrom(offset: Int, limit: Int)
    /// A user and its neighbours, `limit` entries in all if there are so many. With an even limit the extra entry is
    /// below. The answer has no entries if the user has no score.
    case around(userID: String, limit: Int)
    /// The entries of these users, best first, with their places. Users without a score are left out.
    case users([String])
    /// The rank of a newcomer with this score. The answer is in `RankingAnswer.rank`.
    case rank(score: Int64)
    /// The entry at a place in the list, counted from 1. The answer has no entry past the end.
    case entry(place: Int64)
    /// The best part of all entries: how many that are, the last of them, and the first `limit`.
    ///
    /// - Parameter millionths: the part of the whole, 1 to 1,000,000 for 0.0001 to 100 percent.
    case top(millionths: Int64, limit: Int)
}
