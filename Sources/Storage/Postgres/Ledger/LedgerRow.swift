import Leaderboard
import PostgresClient
import StrictJSON

/// One event on one of its boards, as it is written to the table `score_events`.
struct LedgerRow {
    let source: CarriedEvent
    /// The outcomes of this board, as a range of `event.outcomes`.
    let outcomes: Range<Int>

    private var event: LedgerEvent { source.event }

    /// Returns the rows of events: one for each event and board, in the order of the events.
    static func rows(of events: [CarriedEvent]) -> [LedgerRow] {
        var rows: [LedgerRow] = []
        rows.reserveCapacity(events.count)
        for source in events {
            let outcomes = source.event.outcomes
            var start = 0
            for end in outcomes.indices.map({ $0 + 1 }) {
                if end < outcomes.count, outcomes[end].ranking.board == outcomes[start].ranking.board { continue }
                rows.append(LedgerRow(source: source, outcomes: start..<end))
                start = end
            }
        }
        return rows
    }

    /// The ranking that the row's score and rank belong to: the first one of the board that took the event.
    var first: RankingOutcome {
        let outcomes = event.outcomes[outcomes]
        return outcomes.first { $0.place != nil } ?? outcomes[outcomes.startIndex]
    }

    private var values: [PostgresValue] { values(kind: event.kind.rawValue) }

    private func values(kind: String) -> [PostgresValue] {
        let first = first
        return [
            .int(Int64(source.partition)), .int(event.seq), .text(first.ranking.board), .text(event.userID),
            .text(event.action), .text(event.nonce), .text(event.signature), .int(event.points),
            .int(orNull: event.submittedScore), .int(first.place?.score ?? 0), .int(first.place?.rank ?? 0),
            .timestamp(milliseconds: event.issuedAt), .timestamp(milliseconds: event.appliedAt),
            .text(kind), .bool(isChanged), isPlain ? .null : .json(outcomesJSON),
        ]
    }

    /// Whether the row says everything: there is only the ranking of the window `all`, and it took the event.
    private var isPlain: Bool {
        guard outcomes.count == 1 else { return false }
        let outcome = event.outcomes[outcomes.lowerBound]
        return outcome.place != nil && outcome.ranking.window == Ranking.allWindow
            && outcome.ranking.period == Ranking.allWindow
    }

    private var isChanged: Bool {
        event.kind != .update || event.outcomes[outcomes].contains { $0.place?.isChanged == true }
    }

    private var outcomesJSON: String {
        var text: [UInt8] = []
        JSONWriter.append(to: &text) { json in
            json.beginArray()
            for outcome in event.outcomes[outcomes] {
                json.beginObject()
                outcome.writeMembers(to: &json, of: event.kind)
                json.endObject()
            }
            json.endArray()
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Adds events to the ledger.
    static func append(_ rows: some Sequence<LedgerRow>, on connection: PostgresConnection) throws(PostgresError) {
        _ = try connection.copyIn(
            """
            COPY score_events (partition, seq, board, user_id, action_id, nonce, signature, points, submitted_score,
                score, rank, issued_at, applied_at, kind, changed, outcomes) FROM STDIN
            """, rows: rows.lazy.map(\.values))
    }

    /// Adds the row as a correction, for a row that the ledger refused: an update gets the kind `correction`. Acts keep
    /// their kind, since only the kind says what they did.
    ///
    /// If the ledger has the action id on this board already, the issue time gets some microseconds more, which are
    /// unused otherwise. So the row keeps the signature, and stays in its month.
    func correct(on connection: PostgresConnection) throws(PostgresError) {
        try connection.execute(
            """
            INSERT INTO score_events (partition, seq, board, user_id, action_id, nonce, signature, points,
                submitted_score, score, rank, issued_at, applied_at, kind, changed, outcomes)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, (
                    SELECT min($12::timestamptz + n * interval '1 microsecond') FROM generate_series(0, 999) AS n
                    WHERE NOT EXISTS (SELECT FROM score_events WHERE signature = $7 AND board = $3
                        AND issued_at = $12::timestamptz + n * interval '1 microsecond')),
                $13, $14, $15, $16
            """, values(kind: event.kind == .update ? "correction" : event.kind.rawValue))
    }
}

extension RankingOutcome {
    /// Writes the window, the period and what happened there.
    func writeMembers(to json: inout JSONWriter<some ByteSink>, of kind: LedgerEvent.Kind) {
        json.member("window", ranking.window)
        json.member("period", ranking.period)
        if let place {
            json.member("score", place.score)
            json.member("rank", place.rank)
            json.member("changed", place.isChanged)
        } else if kind != .reset {
            json.member("sealed", true)
        }
    }
}
