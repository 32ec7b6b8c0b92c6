import Basics

/// The random history of a small ranking with ties and removals.
enum RandomHistory {
    /// Twenty versions, one after the other. Each has the best score first; among equal scores, the one that was
    /// reached first.
    static func versions(using dice: inout SplitMix64) -> [[(user: String, score: Int64)]] {
        let users = (0..<Int.random(in: 1...30, using: &dice)).map { "u\($0)" }
        var ranking: [(user: String, score: Int64)] = []
        return (0..<20).map { _ in
            for _ in 0..<Int.random(in: 0...6, using: &dice) {
                guard let user = users.randomElement(using: &dice) else { continue }
                ranking.removeAll { $0.user == user }
                if Int.random(in: 0..<5, using: &dice) == 0 { continue }
                let score = Int64.random(in: 0...12, using: &dice)
                let place = ranking.firstIndex { $0.score < score } ?? ranking.count
                ranking.insert((user, score), at: place)
            }
            return ranking
        }
    }
}
