import Leaderboard
import PostgresClient
import StrictJSON

/// Reads rows of `score_events` and of `dead_letters` as an audit folds them.
enum AuditRows {
    /// The columns of `score_events` that ``event(_:board:)`` reads.
    static let columns = """
        seq, kind, user_id, action_id, points, score, changed, floor(extract(epoch FROM applied_at) * 1000)::bigint,
        outcomes::text
        """
    /// The kind of rows that stand for an update which the ledger refused.
    private static let correction = "correction"

    /// The columns of `ledger_openings` that stand for ``columns``.
    static let openingColumns = """
        reached_seq, 'opening', user_id, '', 0, 0, true, 0::bigint, json_build_array(json_build_object(
            'window', window_name, 'period', period, 'score', score, 'changed', true))::text
        """

    /// A row of the ledger, or an opening that stands for rows of it.
    enum Line {
        case event(AuditEvent)
        case opening(AuditEvent)

        var event: AuditEvent {
            switch self {
            case .event(let event), .opening(let event): event
            }
        }
    }

    /// Returns what a row with ``columns`` or ``openingColumns`` holds.
    static func line(_ row: PostgresRow, board: String) throws -> Line {
        guard try row.string(1) == "opening" else { return .event(try event(row, board: board)) }
        let seq = try row.int(0)
        guard let outcomes = outcomes(try row.string(8), board: board) else {
            throw StoreError(.corrupt, "the opening at \(seq) is malformed")
        }
        return .opening(AuditEvent(seq: seq, userID: try row.string(2), outcomes: outcomes))
    }

    /// Returns the event of a row with ``columns``.
    static func event(_ row: PostgresRow, board: String) throws -> AuditEvent {
        let seq = try row.int(0)
        guard let kind = kind(try row.string(1)) else {
            throw StoreError(.corrupt, "event \(seq) of the ledger has a kind that this version does not know")
        }
        let score = try row.int(5)
        let isChanged = try row.bool(6)
        let outcomes: [RankingOutcome]
        if let text = try row.stringOrNil(8) {
            guard let read = self.outcomes(text, board: board) else {
                throw StoreError(.corrupt, "event \(seq) of the ledger has malformed outcomes")
            }
            outcomes = read
        } else {
            outcomes = [
                RankingOutcome(
                    ranking: Ranking(board: board), place: .init(score: score, rank: 0, isChanged: isChanged))
            ]
        }
        return AuditEvent(
            kind: kind, seq: seq, userID: try row.string(2), action: try row.string(3), points: try row.int(4),
            appliedAt: try row.int(7), outcomes: outcomes)
    }

    /// Returns the event of a letter on a board; nil if it was refused on another board, or cannot be read.
    static func letter(_ text: String, seq: Int64, board: String) -> AuditEvent? {
        guard let json = value(text), json["board"]?.string == board, let user = json["user_id"]?.string,
            let kind = json["kind"]?.string.flatMap(kind), let points = json["points"]?.integer,
            let at = json["applied_at_ms"]?.integer, let list = json["outcomes"]?.array
        else { return nil }
        let outcomes = list.filter { $0["board"]?.string == board }.compactMap { outcome($0, board: board) }
        return AuditEvent(
            kind: kind, seq: seq, userID: user, action: json["action_id"]?.string ?? "", points: points,
            appliedAt: at, outcomes: outcomes)
    }

    private static func kind(_ text: String) -> LedgerEvent.Kind? {
        text == correction ? .update : LedgerEvent.Kind(rawValue: text)
    }

    private static func outcomes(_ text: String, board: String) -> [RankingOutcome]? {
        guard let list = value(text)?.array else { return nil }
        let outcomes = list.compactMap { outcome($0, board: board) }
        return outcomes.count == list.count ? outcomes : nil
    }

    private static func outcome(_ json: JSONValue, board: String) -> RankingOutcome? {
        guard let window = json["window"]?.string, let period = json["period"]?.string else { return nil }
        var place: RankingOutcome.Place?
        if let score = json["score"]?.integer {
            place = .init(score: score, rank: json["rank"]?.integer ?? 0, isChanged: json["changed"] == .bool(true))
        }
        return RankingOutcome(ranking: Ranking(board: board, window: window, period: period), place: place)
    }

    private static func value(_ text: String) -> JSONValue? { try? JSONValue(Array(text.utf8)) }
}
