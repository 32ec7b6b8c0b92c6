import Leaderboard
import PostgresClient

/// One score that an event led to, as it is written to the table `scores`.
struct ScoreRow {
    let source: CarriedEvent
    /// The outcome in the ranking, which is one of the event's.
    let outcome: RankingOutcome
    /// The score that `outcome` has.
    let score: Int64

    /// The row's key in the table.
    struct Key: Hashable {
        let ranking: Ranking
        let user: ByteExact
    }

    /// The row's key in the table.
    var key: Key { Key(ranking: outcome.ranking, user: ByteExact(source.event.userID)) }

    /// Writes scores. There must be at most one for each user and ranking.
    static func upsert(_ rows: some Collection<ScoreRow>, on connection: PostgresConnection) throws(PostgresError) {
        guard !rows.isEmpty else { return }
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
                .textArray(rows.map(\.outcome.ranking.board)), .textArray(rows.map(\.outcome.ranking.window)),
                .textArray(rows.map(\.outcome.ranking.period)), .textArray(rows.map(\.source.event.userID)),
                .intArray(rows.map(\.score)), .intArray(rows.map(\.source.event.seq)),
                .intArray(rows.map(\.source.event.appliedAt)),
            ])
    }
}
