import Leaderboard
import PostgresClient

/// An event that is not an update: what it does to the tables other than the ledger.
struct LedgerAct {
    let source: CarriedEvent

    private var event: LedgerEvent { source.event }

    /// How long one statement may take. To empty a ranking of ten million users takes a minute.
    static let statementTimeout = Duration.seconds(600)

    /// Carries it out in the open transaction.
    ///
    /// - Parameter onlyEarlier: whether later events may have been written already. Their effects then stay.
    func carryOut(onlyEarlier: Bool = false, on connection: PostgresConnection) throws(PostgresError) {
        let bound = onlyEarlier ? "AND scores.reached_seq < \(event.seq)" : ""
        switch event.kind {
        case .update: return
        case .reset:
            try connection.execute("DELETE FROM scores \(Self.isNamed) \(bound)", rankings)
        case .delete:
            try connection.execute(
                "DELETE FROM scores \(Self.isNamed) AND user_id = $4 \(bound)", rankings + [.text(event.userID)])
        case .seal:
            // A ranking of this name may have been sealed before: in the life of a deleted board, or before a season
            // was moved. Its archive goes, since the name now means the new one.
            try connection.execute(
                """
                INSERT INTO archived_periods
                    (board, window_name, period, epoch, sealed_seq, version, sealed_at, sort_order, ties,
                    partition)
                SELECT board, window_name, period, $4, $5, $6, $7, $8, $9, $11
                FROM unnest($1::text[], $2::text[], $3::text[]) AS named (board, window_name, period)
                ON CONFLICT (board, window_name, period) DO UPDATE
                    SET epoch = EXCLUDED.epoch, sealed_seq = EXCLUDED.sealed_seq, version = EXCLUDED.version,
                        sealed_at = EXCLUDED.sealed_at, sort_order = EXCLUDED.sort_order, ties = EXCLUDED.ties,
                        partition = EXCLUDED.partition, entries = NULL, checksum = NULL, archived_at = NULL,
                        revised_at = NULL, expired_at = NULL
                    WHERE NOT $10::boolean OR archived_periods.sealed_seq < EXCLUDED.sealed_seq
                """,
                rankings + [
                    .text(source.epoch), .int(event.seq), .int(event.seal?.version ?? 0),
                    .timestamp(milliseconds: event.appliedAt),
                    event.seal.map { .text($0.order.rawValue) } ?? .null,
                    event.seal.map { .text($0.ties.rawValue) } ?? .null, .bool(onlyEarlier),
                    .int(Int64(source.partition)),
                ])
        }
    }

    private var rankings: [PostgresValue] {
        let rankings = event.outcomes.map(\.ranking)
        return [
            .textArray(rankings.map(\.board)), .textArray(rankings.map(\.window)), .textArray(rankings.map(\.period)),
        ]
    }

    private static let isNamed = """
        USING unnest($1::text[], $2::text[], $3::text[]) AS named (board, window_name, period)
        WHERE scores.board = named.board AND scores.window_name = named.window_name AND scores.period = named.period
        """
}
