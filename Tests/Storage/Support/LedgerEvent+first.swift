import Leaderboard

/// The outcome of an event in its first ranking: of most events it is the only one.
extension LedgerEvent {
    var ranking: Ranking { outcomes[0].ranking }
    var score: Int64? { outcomes[0].place?.score }
    var rank: Int64? { outcomes[0].place?.rank }
    var isChanged: Bool { outcomes[0].place?.isChanged ?? false }
}

extension Receipt {
    /// The receipt of an update that kept the score in its only ranking.
    static func unchanged(score: Int64, rank: Int64, in ranking: Ranking) -> Receipt {
        let place = RankingOutcome.Place(score: score, rank: rank, isChanged: false)
        return Receipt(score: score, rank: rank, rankings: [RankingOutcome(ranking: ranking, place: place)])
    }
}
