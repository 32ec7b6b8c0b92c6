import Leaderboard

/// Receipts as `lua/apply.lua` writes them, for updates that the ledger holds.
package enum ReceiptText {
    /// Returns the receipt of an update; nil if no ranking took it, which the script never lets happen.
    package static func text(of event: LedgerEvent) -> String? {
        guard let first = event.outcomes.first(where: { $0.place != nil }), let place = first.place else { return nil }
        let submitted = event.submittedScore.map { String($0) } ?? "-"
        let head = "\(submitted) \(place.score) \(place.rank) \(first.ranking.board)"
        if event.outcomes.count == 1, place.isChanged { return head }
        return event.outcomes.reduce(into: head) { text, outcome in
            let ranking = outcome.ranking
            text += "\n\(ranking.board) \(ranking.window) \(ranking.period)"
            if let place = outcome.place { text += " \(place.score) \(place.rank) \(place.isChanged ? "1" : "0")" }
        }
    }
}
