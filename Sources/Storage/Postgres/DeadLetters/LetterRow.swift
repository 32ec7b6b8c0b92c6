import Leaderboard
import PostgresClient
import StrictJSON

/// The row of a dead letter, and what is to be written for it. All its work is in a transaction that holds the position
/// of the partition.
struct LetterRow {
    let id: Int64
    let partition: Int
    let event: LedgerEvent
    private let table: DeadLetter.Table
    private let ranking: Ranking
    private let source: CarriedEvent

    /// - Returns: nil if the letter does not hold an event.
    init?(_ kept: KeptLetter) {
        guard let event = kept.event, let ranking = kept.ranking else { return nil }
        (id, partition, table) = (kept.id, kept.letter.partition, kept.letter.table)
        (self.event, self.ranking) = (event, ranking)
        source = CarriedEvent(partition: partition, epoch: kept.epoch, event: event)
    }

    /// Writes what the command asks for.
    func settle(by command: LetterCommand, on connection: PostgresConnection) throws -> LetterSettlement {
        switch (table, event.kind) {
        case (.ledger, _): try settleLedger(by: command, on: connection)
        case (.scores, .update): try settleScore(by: command, on: connection)
        case (.scores, _): try settleAct(by: command, on: connection)
        }
    }

    // MARK: The ledger

    private func settleLedger(
        by command: LetterCommand, on connection: PostgresConnection
    ) throws -> LetterSettlement {
        guard let row = LedgerRow.rows(of: [source]).first(where: { $0.first.ranking.board == ranking.board }) else {
            return .refused("the letter has no outcome on the board \(ranking.board)")
        }
        // By the index of the user's events: there is none by sequence number.
        let isThere = try connection.query(
            """
            SELECT EXISTS (SELECT FROM score_events WHERE board = $1 AND user_id = $2
                AND applied_at = $3 AND partition = $4 AND seq = $5) AS is_there
            """,
            [
                .text(ranking.board), .text(event.userID), .timestamp(milliseconds: event.appliedAt),
                .int(Int64(partition)), .int(event.seq),
            ]
        ).first?.bool("is_there")
        if isThere == true { return .needless }
        switch command {
        case .retry:
            try LedgerRow.append([row], on: connection)
            return .written
        case .drop:
            try row.correct(on: connection)
            return .corrected
        }
    }

    // MARK: Scores

    private func settleScore(
        by command: LetterCommand, on connection: PostgresConnection
    ) throws -> LetterSettlement {
        guard let outcome = event.outcomes.first(where: { $0.ranking == ranking }), let place = outcome.place else {
            return .refused("the letter has no score")
        }
        if try isReplaced(on: connection) { return .needless }
        if try isArchived(on: connection) {
            guard command == .drop else {
                return .refused(
                    "the period is archived without this score, and archives do not change: drop the letter")
            }
            return .givenUp
        }
        guard command == .retry else {
            return .refused(
                "Redis has this score, and a rebuild would lose it: correct the fault and retry, or delete the score, "
                    + "and drop the letter then")
        }
        try ScoreRow.upsert([ScoreRow(source: source, outcome: outcome, score: place.score)], on: connection)
        return .written
    }

    /// Whether the table has this score or a later one, or a later event emptied the ranking or deleted the user.
    private func isReplaced(on connection: PostgresConnection) throws -> Bool {
        let named: [PostgresValue] = [
            .text(ranking.board), .text(ranking.window), .text(ranking.period), .text(event.userID), .int(event.seq),
        ]
        let isReplaced = try connection.query(
            """
            SELECT EXISTS (SELECT FROM scores WHERE board = $1 AND window_name = $2 AND period = $3 AND user_id = $4
                    AND reached_seq >= $5)
                OR EXISTS (SELECT FROM score_events WHERE board = $1 AND user_id IN ('', $4) AND partition = $6
                    AND seq > $5 AND kind IN ('reset', 'delete') AND coalesce(outcomes, $8) @> $7) AS is_replaced
            """,
            named + [.int(Int64(partition)), .json(Self.pattern(ranking)), .json(Self.pattern(Ranking(board: "")))]
        ).first?.bool("is_replaced")
        return try isReplaced == true || isReplacedByLetter(on: connection)
    }

    /// Whether the ledger refused a later event that emptied the ranking or deleted the user. The database may be
    /// unable to read the characters of its JSON, so that it is read here.
    private func isReplacedByLetter(on connection: PostgresConnection) throws -> Bool {
        try connection.query(
            """
            SELECT \(KeptLetter.columns) FROM dead_letters
            WHERE partition = $1 AND seq > $2 AND refused_by = 'score_events'
                AND event::text ~ '"kind": ?"(reset|delete)"'
            """, [.int(Int64(partition)), .int(event.seq)]
        ).rows.contains { row in
            guard let later = try KeptLetter(row).event, [.reset, .delete].contains(later.kind) else { return false }
            let isOfUser = later.kind == .reset || later.userID.utf8.elementsEqual(event.userID.utf8)
            return isOfUser && later.outcomes.contains { $0.ranking == ranking }
        }
    }

    /// Whether the ranking was sealed after the event, and its scores moved to the archive. The row stays locked.
    private func isArchived(on connection: PostgresConnection) throws -> Bool {
        try connection.query(
            """
            SELECT archived_at IS NOT NULL OR expired_at IS NOT NULL AS is_archived FROM archived_periods
            WHERE board = $1 AND window_name = $2 AND period = $3 AND sealed_seq > $4 FOR SHARE
            """, [.text(ranking.board), .text(ranking.window), .text(ranking.period), .int(event.seq)]
        ).first?.bool("is_archived") == true
    }

    /// The ranking as an element of the column `outcomes`.
    private static func pattern(_ ranking: Ranking) -> String {
        var text: [UInt8] = []
        JSONWriter.append(to: &text) { json in
            json.beginArray()
            json.beginObject()
            json.member("window", ranking.window)
            json.member("period", ranking.period)
            json.endObject()
            json.endArray()
        }
        return String(decoding: text, as: UTF8.self)
    }

    // MARK: Acts

    private func settleAct(by command: LetterCommand, on connection: PostgresConnection) throws -> LetterSettlement {
        guard command == .retry else {
            return .refused("the \(event.kind.rawValue) counts in Redis: correct the fault and retry")
        }
        try LedgerAct(source: source).carryOut(onlyEarlier: true, on: connection)
        return .written
    }
}
