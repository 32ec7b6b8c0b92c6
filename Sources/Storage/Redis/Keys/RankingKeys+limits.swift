import Leaderboard

extension RankingKeys {
    /// Returns the key of a limit for the user of an update.
    func key(of limit: UpdateLimit, _ update: ScoreUpdate) -> String {
        switch limit {
        case .rate: ratePrefix + update.userID
        case .cooldown: "\(partition.tag):cooldown:\(update.action):\(update.userID)"
        case .daily(_, let day): "\(partition.tag):daily:\(update.action):\(day):\(update.userID)"
        case .velocity: "\(partition.tag):velocity:\(update.ranking.board):\(update.userID)"
        }
    }
}
