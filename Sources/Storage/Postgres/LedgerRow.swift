import Leaderboard
import PostgresClient

/// One event, as it is written to the tables `score_events` and `scores`.
struct LedgerRow {
    let partition: Int
    let epoch: String
    let event: LedgerEvent

    /// Returns the rows of a batch.
    static func rows(of batch: OutboxBatch) -> some Sequence<LedgerRow> {
        batch.events.lazy.map { LedgerRow(partition: batch.partition, epoch: batch.epoch, event: $0) }
    }

    private var values: [PostgresValue] {
        [
            .int(Int64(partition)), .int(event.seq), .text(event.ranking.board), .text(event.userID),
            .text(event.action), .text(event.nonce), .text(event.signature), .int(event.points),
            .int(orNull: event.submittedScore), .int(event.score), .int(event.rank),
            .timestamp(milliseconds: event.issuedAt), .timestamp(milliseconds: event.appliedAt),
        ]
    }

    /// Adds events to the ledger.
    static func append(_ rows: some Sequence<LedgerRow>, on connection: PostgresConnection) throws(PostgresError) {
        _ = try connection.copyIn(
            """
            COPY score_events (partition, seq, board, user_id, action_id, nonce, signature, points, submitted_score,
                score, rank, issued_at, applied_at) FROM STDIN
            """, rows: rows.lazy.map(\.values))
    }

    private struct Key: Hashable {
        let ranking: Ranking
        let user: ByteExact
    }

    /// Returns the last event of each user in each ranking, so that each row of `scores` is written once.
    static func last(of rows: some Sequence<LedgerRow>) -> [LedgerRow] {
        var last: [Key: LedgerRow] = [:]
        for row in rows {
            last[Key(ranking: row.event.ranking, user: ByteExact(row.event.userID))] = row
        }
        return Array(last.values)
    }

    /// Writes the scores that these events led to. There must be at most one event for each user and ranking.
    static func upsertScores(
        _ rows: some Collection<LedgerRow>, on connection: PostgresConnection
    ) throws(PostgresError) {
        let events = rows.map(\.event)
        _ = try connection.execute(
            """
            INSERT INTO scores (board, window_name, period, user_id, score, reached_seq, updated_at)
            SELECT board, window_name, period, user_id, score, seq, to_timestamp(at / 1000.0)
            FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
                AS changed (board, window_name, period, user_id, score, seq, at)
            ORDER BY board, window_name, period, user_id
            ON CONFLICT (board, window_name, period, user_id) DO UPDATE
                SET score = EXCLUDED.score, reached_seq = EXCLUDED.reached_seq, updated_at = EXCLUDED.updated_at
            """,
            [
                .textArray(events.map(\.ranking.board)), .textArray(events.map(\.ranking.window)),
                .textArray(events.map(\.ranking.period)), .textArray(events.map(\.userID)),
                .intArray(events.map(\.score)),
                .intArray(events.map(\.seq)), .intArray(events.map(\.appliedAt)),
            ])
    }
}
