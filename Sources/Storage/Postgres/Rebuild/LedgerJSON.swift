import Leaderboard
import StrictJSON

/// Reads the JSON that the ledger and the dead letters hold.
enum LedgerJSON {
    static func value(_ text: String) throws(StoreError) -> JSONValue {
        do { return try JSONValue(Array(text.utf8)) } catch {
            throw StoreError(.corrupt, "the ledger holds malformed JSON: \(error)")
        }
    }

    /// The outcomes of an event: of the board given, or of the one that each outcome names.
    static func outcomes(_ value: JSONValue, board: String? = nil) throws(StoreError) -> [RankingOutcome] {
        guard let elements = value.array else { throw malformed("outcomes") }
        var outcomes: [RankingOutcome] = []
        for element in elements {
            guard let board = board ?? element["board"]?.string, let window = element["window"]?.string,
                let period = element["period"]?.string
            else { throw malformed("outcomes") }
            var place: RankingOutcome.Place?
            if let score = element["score"]?.integer, let rank = element["rank"]?.integer {
                place = RankingOutcome.Place(score: score, rank: rank, isChanged: element["changed"]?.bool ?? true)
            }
            outcomes.append(
                RankingOutcome(ranking: Ranking(board: board, window: window, period: period), place: place))
        }
        return outcomes
    }

    /// The event of a dead letter.
    static func event(seq: Int64, _ value: JSONValue) throws(StoreError) -> LedgerEvent {
        guard let kind = value["kind"]?.string.flatMap({ LedgerEvent.Kind(rawValue: $0) }),
            let user = value["user_id"]?.string, let signature = value["signature"]?.string,
            let issuedAt = value["issued_at_ms"]?.integer, let appliedAt = value["applied_at_ms"]?.integer,
            let outcomes = value["outcomes"]
        else { throw malformed("an event") }
        return LedgerEvent(
            kind: kind, seq: seq, userID: user, action: value["action_id"]?.string ?? "",
            nonce: value["nonce"]?.string ?? "", signature: signature, points: value["points"]?.integer ?? 0,
            submittedScore: value["submitted_score"]?.integer, issuedAt: issuedAt, appliedAt: appliedAt,
            outcomes: try Self.outcomes(outcomes))
    }

    private static func malformed(_ what: String) -> StoreError {
        StoreError(.corrupt, "the ledger holds \(what) in a form that this version cannot read")
    }
}
