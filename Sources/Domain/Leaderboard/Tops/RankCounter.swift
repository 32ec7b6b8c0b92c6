/// Gives ranks to consecutive entries of a ranking, by its rule for ties. Pure.
public struct RankCounter: Sendable {
    private let ties: BoardRules.Ties
    private var place: Int64
    private var rank: Int64
    private var last: Int64?

    /// - Parameters:
    ///   - ties: how equal scores rank.
    ///   - firstPlace: the place of the first entry in the list, from 1.
    ///   - firstRank: the rank of the first entry. For `first` and `last` it is its place.
    public init(ties: BoardRules.Ties, firstPlace: Int64 = 1, firstRank: Int64 = 1) {
        self.ties = ties
        place = firstPlace
        rank = firstRank
    }

    /// The rank of the next entry.
    public mutating func next(score: Int64) -> Int64 {
        if let last {
            place += 1
            switch ties {
            case .first, .last: rank = place
            case .shared: if score != last { rank = place }
            case .dense: if score != last { rank += 1 }
            }
        }
        last = score
        return rank
    }
}
