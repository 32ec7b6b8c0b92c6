/// The outcome of an update in one ranking.
public struct RankingOutcome: Hashable, Sendable {
    /// The ranking.
    public var ranking: Ranking
    /// The score and the rank after the update; nil if the ranking was sealed and did not take it.
    public var place: Place?

    /// A score and a rank.
    public struct Place: Hashable, Sendable {
        /// The user's score after the update.
        public var score: Int64
        /// The user's rank after the update, from 1.
        public var rank: Int64
        /// Whether the score changed.
        public var isChanged: Bool

        /// Creates a place.
        public init(score: Int64, rank: Int64, isChanged: Bool) {
            self.score = score
            self.rank = rank
            self.isChanged = isChanged
        }
    }

    /// Creates an outcome.
    public init(ranking: Ranking, place: Place?) {
        self.ranking = ranking
        self.place = place
    }
}
